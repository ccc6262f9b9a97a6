namespace Concierge.Protocols.Tests.Fuzzing;

/// <summary>Every order of the members of an object.</summary>
internal static class Orders
{
    internal static IEnumerable<string> Objects(params string[] members)
    {
        foreach (List<string> order in Permute([], [.. members]))
        {
            yield return "{" + string.Join(",", order) + "}";
        }
    }

    private static IEnumerable<List<string>> Permute(List<string> taken, List<string> left)
    {
        if (left.Count == 0)
        {
            yield return taken;
        }

        for (int i = 0; i < left.Count; i++)
        {
            List<string> rest = [.. left];
            rest.RemoveAt(i);
            foreach (List<string> order in Permute([.. taken, left[i]], rest))
            {
                yield return order;
            }
        }
    }
}
