namespace Concierge.Pipelines;

/// <summary>What a call's model cost.</summary>
/// <param name="Amount">In the currency's unit.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Complete">False when something was used that the price table has no price for.</param>
public sealed record CallCost(decimal Amount, string Currency, bool Complete);
