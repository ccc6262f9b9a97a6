namespace Concierge.Agents.Guardrails;

/// <summary>What must not be said on a line.</summary>
public enum SensitiveKind : byte
{
    /// <summary>A key or token of a service.</summary>
    Secret,

    /// <summary>A password that is given away.</summary>
    Password,

    /// <summary>A US social security number.</summary>
    SocialSecurityNumber,

    /// <summary>The number of a payment card, correct in its check digit (ISO/IEC 7812-1).</summary>
    CardNumber,
}
