using System.Globalization;
using System.Text;
using Concierge.Agents.Tools;

namespace Concierge.Agents.Restaurants;

/// <summary>The restaurants that may be phoned, and a search that forgives: spelling mistakes, accents, missing words, word order. Immutable.</summary>
/// <param name="restaurants">The restaurants.</param>
public sealed class RestaurantDirectory(IEnumerable<Restaurant> restaurants)
{
    /// <summary>Below this a restaurant does not count as found.</summary>
    private const double Enough = 0.55;

    private static readonly HashSet<string> s_empty = ["the", "a", "an", "at", "in", "of", "restaurant", "ristorante", "place", "food", "cuisine", "near", "around", "for", "some", "any", "good", "nice"];

    /// <summary>All of them, in the file's order.</summary>
    public IReadOnlyList<Restaurant> All { get; } = [.. restaurants];

    /// <summary>Finds restaurants, the best first. Every part that is given must fit.</summary>
    /// <param name="name">A name or a piece of one; also words about cuisine and area; null for any.</param>
    /// <param name="cuisine">What is cooked; null for any.</param>
    /// <param name="area">Where it is; null for any.</param>
    /// <param name="most">At most this many.</param>
    public IReadOnlyList<RestaurantMatch> Search(string? name = null, string? cuisine = null, string? area = null, int most = 5)
    {
        string[] names = Words(name), cuisines = Words(cuisine), areas = Words(area);
        return
        [
            .. All
                .Select(r => new RestaurantMatch(r, Score(r, names, cuisines, areas)))
                .Where(m => m.Score >= Enough)
                .OrderByDescending(m => m.Score)
                .Take(most),
        ];
    }

    /// <summary>The restaurant of this name, if exactly one is meant: it fits well, and clearly better than the next.</summary>
    public Restaurant? FindOne(string name)
    {
        IReadOnlyList<RestaurantMatch> found = Search(name, most: 2);
        return found.Count switch
        {
            0 => null,
            1 => found[0].Restaurant,
            _ => found[0].Score - found[1].Score >= 0.15 ? found[0].Restaurant : null,
        };
    }

    private static double Score(Restaurant restaurant, string[] names, string[] cuisines, string[] areas)
    {
        double score = 1;
        if (names.Length > 0)
        {
            // What people call a restaurant is often "the Italian in the old town": name first, everything else a little less.
            string[] own = Words(restaurant.Name), rest = Words($"{restaurant.Cuisine} {restaurant.Area} {restaurant.Address}");
            score = names.Average(word => Math.Max(Best(word, own), 0.85 * Best(word, rest)));
        }

        score = cuisines.Length > 0 ? Math.Min(score, cuisines.Average(w => Best(w, Words($"{restaurant.Cuisine} {restaurant.Notes}")))) : score;
        return areas.Length > 0 ? Math.Min(score, areas.Average(w => Best(w, Words($"{restaurant.Area} {restaurant.Address}")))) : score;
    }

    private static double Best(string word, string[] candidates)
    {
        double best = 0;
        foreach (string candidate in candidates)
        {
            int longer = Math.Max(word.Length, candidate.Length);
            double likeness = 1 - ((double)EditDistance.Between(word, candidate) / longer);
            if (word.Length >= 3 && candidate.StartsWith(word, StringComparison.Ordinal))
            {
                likeness = Math.Max(likeness, 0.9);
            }

            // Half a word right is chance, not likeness.
            best = Math.Max(best, likeness >= 0.6 ? likeness : 0);
        }

        return best;
    }

    /// <summary>Words in lower case without accents and without those that say nothing; all of them when nothing else is left.</summary>
    private static string[] Words(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }

        var plain = new StringBuilder(text.Length);
        foreach (char c in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c is not '\'' and not '’')
            {
                plain.Append(char.IsLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ');
            }
        }

        string[] all = plain.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] telling = [.. all.Where(w => !s_empty.Contains(w))];
        return telling.Length > 0 ? telling : all;
    }
}
