using Concierge.Agents;
using Concierge.Agents.Reservations;
using Concierge.Agents.Restaurants;
using Concierge.Agents.Text;
using Concierge.Calls.Reservations;
using Concierge.Calls.Store;

namespace Concierge.Server.Requests;

/// <summary>
/// The concierge's text side: takes a request in plain words, lets the agents see to it, and remembers the conversation. Requests of one conversation wait for each other.
/// </summary>
/// <param name="options">Who and where.</param>
/// <param name="cast">The agents, as their files are now.</param>
/// <param name="model">What they think with.</param>
/// <param name="desk">Their telephone.</param>
/// <param name="store">Remembers conversations.</param>
/// <param name="time">The clock.</param>
/// <param name="loggers">Where failures are noted.</param>
internal sealed class ConciergeService(
    ConciergeOptions options, Func<AgentCast> cast, ITextModel model, IReservationDesk desk, IConversationStore store, TimeProvider time, ILoggerFactory? loggers = null)
{
    /// <summary>Messages of a conversation that the model is shown.</summary>
    private const int Remembered = 60;

    private const int MaxSessionId = 128;

    private readonly RestaurantDirectory _directory = new(options.Restaurants);
    private readonly Dictionary<string, Turn> _turns = new(StringComparer.Ordinal); // of conversations that somebody waits for

    /// <summary>Whether a text may be a session's id.</summary>
    public static bool IsSessionId(string id) => id.Length is > 0 and <= MaxSessionId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    /// <summary>Sees to one request.</summary>
    /// <param name="input">The person's words.</param>
    /// <param name="sessionId">The conversation to go on with; null for a new one.</param>
    /// <param name="onEvent">Told what happens.</param>
    /// <param name="onCall">Told the id of each call that is placed; null for nobody.</param>
    /// <param name="cancellationToken">Gives up: a call under way is hung up.</param>
    /// <exception cref="TextModelException">The model does not answer.</exception>
    /// <exception cref="CallStoreException">The store cannot be reached.</exception>
    public async Task<ConciergeAnswer> AskAsync(string input, string? sessionId, Action<TextRunEvent>? onEvent, Action<string>? onCall, CancellationToken cancellationToken)
    {
        string session = sessionId ?? Guid.CreateVersion7().ToString("n");
        using Turn turn = TakeTurn(session);
        await turn.Gate.WaitAsync(cancellationToken);
        try
        {
            IReadOnlyList<string> items = await store.ReadConversationAsync(session, Remembered, cancellationToken);
            AgentCast current = cast();
            AgentContext context = CreateContext(session, current);
            if (onCall is not null)
            {
                context.Set(new CallWatch(onCall));
            }

            var runner = new TextRunner(current.Set, model, new TextRunnerOptions { Time = time, Loggers = loggers });
            TextRunResult result = await runner.RunAsync(input, WholeTurns(items), context, current.InWriting.Name, onEvent, cancellationToken);
            if (result.NewMessages.Count > 0)
            {
                await store.AppendConversationAsync(session, [.. result.NewMessages.Select(m => m.ToJson())], time.GetUtcNow(), cancellationToken);
            }

            return new ConciergeAnswer(result.Text, session, result.Agent.Name, context.Find<ReservationResult>(), desk.IsSimulated, model.IsSimulated);
        }
        finally
        {
            turn.Gate.Release();
        }
    }

    private Turn TakeTurn(string session)
    {
        lock (_turns)
        {
            if (!_turns.TryGetValue(session, out Turn? turn))
            {
                _turns[session] = turn = new Turn(_turns, session);
            }

            turn.Users++;
            return turn;
        }
    }

    private AgentContext CreateContext(string session, AgentCast current)
    {
        AgentContext context = current.CreateContext(session);
        context.Variables["max_party_size"] = options.MaxPartySize.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (options.ConciergeName is { } name)
        {
            context.Variables["concierge_name"] = name;
        }

        if (options.ConciergePhone is { } phone)
        {
            context.Variables["guest_phone"] = phone;
        }

        context.Set(_directory);
        context.Set(desk);
        context.Set(time);
        return context;
    }

    /// <summary>The conversation from the first whole turn on: a tool's answer without its call is refused by models.</summary>
    private static List<TextMessage> WholeTurns(IReadOnlyList<string> items) =>
        [.. items.Select(TextMessage.FromJson).OfType<TextMessage>().SkipWhile(m => m.Role != TextRole.User)];

    /// <summary>One conversation's gate, forgotten with the last who waits for it.</summary>
    private sealed class Turn(Dictionary<string, Turn> turns, string session) : IDisposable
    {
        public SemaphoreSlim Gate { get; } = new(1);

        public int Users { get; set; }

        public void Dispose()
        {
            lock (turns)
            {
                if (--Users == 0)
                {
                    turns.Remove(session);
                }
            }
        }
    }
}
