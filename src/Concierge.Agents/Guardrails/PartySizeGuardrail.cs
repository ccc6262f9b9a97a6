namespace Concierge.Agents.Guardrails;

/// <summary>
/// Trips on a party that is too large or nobody at all. Only a number that counts people is a party size: "for 60 people", "a table for 60", "party of 60", "60 guests",
/// "we are 60". A time, a date, a telephone or house number, a price is none.
/// </summary>
public sealed class PartySizeGuardrail : Guardrail
{
    private readonly int _most;

    /// <summary>A guardrail.</summary>
    /// <param name="most">The largest party that passes, 1 to 50.</param>
    public PartySizeGuardrail(int most = 50)
        : base("party_size")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        _most = most;
    }

    /// <inheritdoc/>
    public override ValueTask<GuardrailVerdict> CheckAsync(GuardrailInput input, CancellationToken cancellationToken)
    {
        foreach (int size in PartySizes.Find(input.Text))
        {
            if (size < 1 || size > _most)
            {
                return ValueTask.FromResult(GuardrailVerdict.Trip(size < 1 ? "a party needs at least one guest" : $"a party of {size} is too large; at most {_most} guests can be booked"));
            }
        }

        return ValueTask.FromResult(GuardrailVerdict.Pass);
    }
}
