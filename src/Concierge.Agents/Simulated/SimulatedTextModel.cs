using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Concierge.Agents.Text;
using Concierge.Agents.Usage;

namespace Concierge.Agents.Simulated;

/// <summary>
/// Stands in for a text model where there is no key: follows rules over the tools it is offered, in English. It goes the whole way of a request through the same agents, tools and
/// hand-offs as a model would, and is honest about being none.
/// </summary>
/// <param name="time">The clock, for "tomorrow".</param>
public sealed partial class SimulatedTextModel(TimeProvider time) : ITextModel
{
    private int _answers;

    /// <inheritdoc/>
    public string Description => "simulated (rules instead of a model; set OPENAI_API_KEY for a real one)";

    /// <inheritdoc/>
    public bool IsSimulated => true;

    /// <inheritdoc/>
    public Task<TextModelAnswer> CompleteAsync(TextModelRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var move = new Move(request, DateOnly.FromDateTime(time.GetLocalNow().DateTime));
        (string text, TextToolCall? call) = move.Decide($"call_sim_{Interlocked.Increment(ref _answers)}_{Guid.NewGuid().ToString("n")[..8]}");
        return Task.FromResult(new TextModelAnswer($"sim_{_answers}", "simulated", text, call is null ? [] : [call], ModelUsage.None));
    }

    /// <summary>One step of one request.</summary>
    private sealed partial class Move(TextModelRequest request, DateOnly today)
    {
        private string _id = "";

        /// <summary>What the person has said about the matter at hand: since the last call that was placed.</summary>
        private string Words => string.Join(". ", request.Messages.Skip(LastPlaced() + 1).Where(m => m.Role == TextRole.User).Select(m => m.Text));

        private string LastUser => request.Messages.LastOrDefault(m => m.Role == TextRole.User)?.Text ?? "";

        public (string Text, TextToolCall? Call) Decide(string id)
        {
            _id = id;
            if (request.Messages[^1] is { Role: TextRole.Tool } answer && ToolOf(answer) is { } tool && !tool.StartsWith("transfer_to_", StringComparison.Ordinal))
            {
                return AfterTool(tool, answer.Text);
            }

            if (Offers("initiate_reservation_call"))
            {
                return BeginBooking();
            }

            if (Offers("lookup_reservation_from_history"))
            {
                return Call("lookup_reservation_from_history", new JsonObject { ["confirmation_number"] = RequestReader.Code(LastUser), ["restaurant"] = RequestReader.Restaurant(LastUser) });
            }

            if (Offers("search_restaurants"))
            {
                return Call("search_restaurants", new JsonObject { ["text"] = Filler().Replace(LastUser, " ").Trim() });
            }

            return request.Agent.OutputSchema is null
                ? Delegate()
                : ("""{"status":"pending","confirmation_number":null,"date":null,"time":null,"party_size":null,"name":null,"notes":"A simulated model does not read transcripts.","modified":false,"confidence":0}""", null);
        }

        private (string, TextToolCall?) Delegate()
        {
            string text = LastUser.ToLowerInvariant();
            if (Offers("transfer_to_cancellation") && Cancel().IsMatch(text))
            {
                return Call("transfer_to_cancellation", new JsonObject { ["reason"] = "The guest wants to cancel." });
            }

            // An answer to a question of ours goes back to who asked it.
            bool answersQuestion = request.Messages.SkipLast(1).LastOrDefault(m => m.Role == TextRole.Assistant) is { Agent: "Reservation" } asked && asked.Text.EndsWith('?');
            if (Offers("transfer_to_reservation") && (answersQuestion || Book().IsMatch(text)))
            {
                return Call("transfer_to_reservation", new JsonObject { ["reason"] = "The guest wants a table." });
            }

            return Offers("transfer_to_restaurant_search") && Search().IsMatch(text)
                ? Call("transfer_to_restaurant_search", new JsonObject { ["reason"] = "The guest looks for a restaurant." })
                : ("I book tables by telephone, cancel them and find restaurants. What can I do for you?", null);
        }

        private (string, TextToolCall?) BeginBooking()
        {
            List<string> missing = [];
            if (RequestReader.Date(Words, today) is null)
            {
                missing.Add("which day");
            }

            if (RequestReader.Time(Words) is null)
            {
                missing.Add("what time");
            }

            if (RequestReader.PartySize(Words) is null)
            {
                missing.Add("how many guests");
            }

            return missing.Count > 0
                ? ($"Gladly. Please tell me {string.Join(" and ", missing)}?", null)
                : Call("find_restaurant", new JsonObject { ["name"] = RequestReader.Restaurant(Words) ?? "" });
        }

        private (string, TextToolCall?) AfterTool(string tool, string output)
        {
            JsonNode? result;
            try
            {
                result = JsonNode.Parse(output);
            }
            catch (JsonException)
            {
                return ($"That did not work: {output}", null);
            }

            if ((string?)result?["error"] is { } error && result["status"] is null)
            {
                return (error, null);
            }

            return tool switch
            {
                "find_restaurant" => AfterFind(result!),
                "search_restaurants" => (List(result!["found"]!.AsArray()), null),
                "lookup_reservation_from_history" => AfterLookup(result!["found"]!.AsArray()),
                "initiate_reservation_call" => (Report(result!, cancelled: false), null),
                "initiate_cancellation_call" => (Report(result!, cancelled: true), null),
                _ => ("""{"status":"pending","confirmation_number":null,"date":null,"time":null,"party_size":null,"name":null,"notes":"A simulated model does not read transcripts.","modified":false,"confidence":0}""", null),
            };
        }

        private (string, TextToolCall?) AfterFind(JsonNode result)
        {
            JsonArray found = result["found"]!.AsArray();
            if (found.Count == 0)
            {
                return ("I know no such restaurant. Which one do you mean?", null);
            }

            if (found.Count > 1)
            {
                return ($"Which one do you mean: {string.Join(", ", found.Select(f => (string?)f!["name"]))}?", null);
            }

            return Call("initiate_reservation_call", new JsonObject
            {
                ["restaurant"] = (string?)found[0]!["name"],
                ["date"] = RequestReader.Date(Words, today)!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["time"] = RequestReader.Time(Words)!.Value.ToString("HH:mm", CultureInfo.InvariantCulture),
                ["party_size"] = RequestReader.PartySize(Words)!.Value,
                ["guest_name"] = RequestReader.GuestName(Words),
            });
        }

        private (string, TextToolCall?) AfterLookup(JsonArray found) => found.Count switch
        {
            0 => ("I find no such reservation. Do you have its confirmation number?", null),
            _ => Call("initiate_cancellation_call", new JsonObject { ["call_id"] = (string?)found[0]!["call_id"] }),
        };

        private static string Report(JsonNode result, bool cancelled)
        {
            string restaurant = (string?)result["restaurant"] ?? "the restaurant";
            var text = new StringBuilder((string?)result["status"] switch
            {
                "confirmed" when cancelled => $"Your table at {restaurant} is cancelled.",
                "confirmed" => $"Your table at {restaurant} is confirmed: {When(result)}, {(int?)result["party_size"]} guests{((string?)result["name"] is { } name ? $", under the name {name}" : "")}.",
                "rejected" => $"{restaurant} could not do it{((string?)result["notes"] is { } notes ? $": {notes}" : "")}.",
                "pending" => $"{restaurant} has not decided yet.",
                _ => $"I did not get through to {restaurant}: {(string?)result["error"] ?? (string?)result["notes"] ?? "the call came to nothing"}.",
            });
            if (!cancelled && (string?)result["status"] == "confirmed" && (string?)result["confirmation_number"] is { } number)
            {
                text.Append($" The confirmation number is {number}.");
            }

            if (result["differs_from_request"] is JsonArray { Count: > 0 } differences)
            {
                text.Append($" Mind that it differs from what you asked for: {string.Join(", ", differences.Select(d => ((string?)d)!.Replace('_', ' ')))}.");
            }

            return (bool?)result["simulated"] == true ? text.Append(" This was a simulation: nobody was called.").ToString() : text.ToString();
        }

        private static string When(JsonNode result) =>
            DateOnly.TryParse((string?)result["date"], CultureInfo.InvariantCulture, out DateOnly date)
                ? string.Create(CultureInfo.InvariantCulture, $"{date:dddd, d MMMM yyyy} at {(string?)result["time"]}")
                : $"at {(string?)result["time"]}";

        private static string List(JsonArray found) => found.Count == 0
            ? "I find nothing like that in the directory."
            : string.Join('\n', found.Select(f => $"- {(string?)f!["name"]}{((string?)f["cuisine"] is { } c ? $", {c}" : "")}{((string?)f["area"] is { } a ? $", {a}" : "")}"));

        private bool Offers(string tool) => request.Tools.Any(t => t.Name == tool);

        private (string, TextToolCall?) Call(string tool, JsonObject arguments)
        {
            foreach (string empty in arguments.Where(a => a.Value is null).Select(a => a.Key).ToList())
            {
                arguments.Remove(empty);
            }

            return ("", new TextToolCall(_id, tool, arguments.ToJsonString()));
        }

        private string? ToolOf(TextMessage answer) => request.Messages.SelectMany(m => m.ToolCalls ?? []).LastOrDefault(c => c.CallId == answer.CallId)?.Name;

        private int LastPlaced()
        {
            // The answer to the call that was placed last, unless it is what we look at now.
            for (int i = request.Messages.Count - 2; i >= 0; i--)
            {
                if (request.Messages[i] is { Role: TextRole.Tool } message && ToolOf(message)?.StartsWith("initiate_", StringComparison.Ordinal) == true)
                {
                    return i;
                }
            }

            return -1;
        }

        [GeneratedRegex(@"\b(cancel|call off|delete)")]
        private static partial Regex Cancel();

        [GeneratedRegex(@"\b(book|table|reserve|reservation|dinner|lunch|seats?)\b")]
        private static partial Regex Book();

        [GeneratedRegex(@"\b(find|search|which|where|recommend|list|restaurants?|know)\b")]
        private static partial Regex Search();

        [GeneratedRegex(@"\b(find|search|for|which|what|where|are|is|there|recommend|list|restaurants?|do|you|know|me|a|an|the|please|show|any|all|in|near)\b|[?.!,]", RegexOptions.IgnoreCase)]
        private static partial Regex Filler();
    }
}
