using Concierge.Simulation.Realtime;
using Concierge.Simulation.Scenarios;

namespace Concierge.Simulation.Chat;

/// <summary>Walks through a script for all requests of a server; cuts texts into deltas.</summary>
internal sealed class TextScriptPlayer
{
    private readonly Lock _gate = new();
    private readonly TextScript _script;
    private readonly bool[] _used;
    private readonly RealtimeIds _ids;
    private readonly Random _sizes;

    public TextScriptPlayer(TextScript script)
    {
        _script = script;
        _used = new bool[script.Turns.Count];
        _ids = new RealtimeIds(script.Seed ^ 0x7E57);
        _sizes = new Random(script.Seed ^ 0x512E);
    }

    public string NextId(string prefix)
    {
        lock (_gate)
        {
            return _ids.Next(prefix);
        }
    }

    /// <summary>The answer to a request, or why there is none.</summary>
    public (TextTurn? Turn, TextReply? Refusal) Take(TextRequest request)
    {
        TextTurn? turn = null;
        lock (_gate)
        {
            for (int i = 0; i < _used.Length && turn is null; i++)
            {
                if (!_used[i] && _script.Turns[i].When?.Fits(request) != false)
                {
                    turn = _script.Turns[i];
                    _used[i] = !turn.Repeat;
                }
            }
        }

        if (turn is null)
        {
            return (null, TextReply.Error(
                500, $"The script '{_script.Name}' of the twin has no turn left for this request (user: '{Short(request.LastUserText)}', after tool: {request.LastToolName ?? "none"}).", "twin_script_exhausted"));
        }

        if (turn.Refuse > 0)
        {
            return (turn, Refuse(turn, turn.Refuse));
        }

        if (turn.Calls.FirstOrDefault(c => request.NoTools || !request.Tools.Contains(c.Name)) is { } call)
        {
            return (turn, TextReply.Error(500, $"The script '{_script.Name}' of the twin calls '{call.Name}', which this request does not offer.", "twin_script_mismatch"));
        }

        return (turn, null);
    }

    public static TextReply? Failure(TextTurn turn) => turn.End switch
    {
        ScenarioResponseEnd.Failed => Refuse(turn, 500),
        ScenarioResponseEnd.RateLimited => Refuse(turn, 429),
        _ => null,
    };

    /// <summary>A text in pieces of seeded sizes that together are the text.</summary>
    public IReadOnlyList<string> Cut(string text, int least = 2, int most = 14)
    {
        var pieces = new List<string>();
        lock (_gate)
        {
            for (int at = 0; at < text.Length;)
            {
                int length = Math.Min(text.Length - at, _sizes.Next(least, most));
                if (char.IsHighSurrogate(text[at + length - 1]) && at + length < text.Length)
                {
                    length++;
                }

                pieces.Add(text.Substring(at, length));
                at += length;
            }
        }

        return pieces;
    }

    /// <summary>What is left of a text when the tokens run out, at four characters a token.</summary>
    public static (string Text, string? Incomplete) Limit(TextTurn turn, TextRequest request)
    {
        string text = turn.Text;
        if (request.MaxOutputTokens is { } tokens && text.Length > tokens * 4L)
        {
            return (text[..(tokens * 4)], "max_output_tokens");
        }

        return turn.End switch
        {
            ScenarioResponseEnd.MaxOutputTokens => (text[..(text.Length / 2)], "max_output_tokens"),
            ScenarioResponseEnd.ContentFilter => (text[..(text.Length / 2)], "content_filter"),
            _ => (text, null),
        };
    }

    public static int Tokens(int characters) => (characters + 3) / 4;

    private static TextReply Refuse(TextTurn turn, int status) => (status switch
    {
        429 => TextReply.Error(429, "Rate limit reached for requests.", "rate_limit_exceeded", type: "requests"),
        401 => TextReply.Error(401, "Incorrect API key provided.", "invalid_api_key"),
        404 => TextReply.Error(404, "The model does not exist or you do not have access to it.", "model_not_found"),
        >= 500 => TextReply.Error(status, "The server had an error while processing your request. Sorry about that!"),
        _ => TextReply.Error(status, "The request was refused."),
    }) with
    { RetryAfterSeconds = turn.RetryAfterSeconds, AfterMs = turn.AfterMs };

    private static string Short(string text) => text.Length > 60 ? text[..60] + "..." : text;
}
