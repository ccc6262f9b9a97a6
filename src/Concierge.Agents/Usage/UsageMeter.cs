namespace Concierge.Agents.Usage;

/// <summary>Adds up what one conversation used: per response, turn, agent and in all. Thread-safe.</summary>
/// <param name="price">What a model's tokens cost; null, or an answer of null, leaves the cost unknown.</param>
public sealed class UsageMeter(Func<string, ModelUsage, decimal?>? price = null)
{
    private readonly Lock _gate = new();
    private readonly List<ResponseUsage> _responses = [];

    /// <summary>Every response, in order.</summary>
    public IReadOnlyList<ResponseUsage> Responses
    {
        get
        {
            lock (_gate)
            {
                return [.. _responses];
            }
        }
    }

    /// <summary>Everything together.</summary>
    public ModelUsage Total => Sum(Responses);

    /// <summary>Per turn, by its number.</summary>
    public IReadOnlyDictionary<int, ModelUsage> ByTurn => Responses.GroupBy(r => r.Turn).ToDictionary(g => g.Key, Sum);

    /// <summary>Per agent, by its name.</summary>
    public IReadOnlyDictionary<string, ModelUsage> ByAgent => Responses.GroupBy(r => r.Agent).ToDictionary(g => g.Key, Sum);

    /// <summary>Adds one response, with its price.</summary>
    public ResponseUsage Add(string responseId, int turn, string agent, string model, ModelUsage usage)
    {
        var response = new ResponseUsage(responseId, turn, agent, model, usage with { Cost = price?.Invoke(model, usage) });
        lock (_gate)
        {
            _responses.Add(response);
        }

        return response;
    }

    private static ModelUsage Sum(IEnumerable<ResponseUsage> responses) => responses.Aggregate(ModelUsage.None, (sum, r) => sum.Plus(r.Usage));
}
