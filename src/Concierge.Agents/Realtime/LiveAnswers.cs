using System.Diagnostics;
using System.Text;
using Concierge.Agents.Guardrails;

namespace Concierge.Agents.Realtime;

/// <summary>
/// Watches what the agent says while it says it. Transcripts run ahead of the audio (PROTOCOL B.6), so that most of what trips is never heard. Every so many characters the
/// answer so far is judged, one judgement of an answer at a time, beside the control loop; the media loops know nothing of it.
/// </summary>
/// <param name="guardrails">Judges.</param>
/// <param name="interval">Characters between two judgements.</param>
/// <param name="tripped">Told, at most once per response.</param>
internal sealed class LiveAnswers(GuardrailRunner guardrails, int interval, Action<LiveAnswers.Answer, GuardrailTrip> tripped)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Answer> _byItem = [];
    private readonly HashSet<string> _stopped = [];

    /// <summary>Takes words of an answer.</summary>
    public void Add(Agent agent, string responseId, string itemId, string text, bool isComplete, ActivityContext parent, CancellationToken cancellationToken)
    {
        Answer? answer;
        lock (_gate)
        {
            if (agent.OutputGuardrails.Count == 0 || _stopped.Contains(responseId))
            {
                return;
            }

            if (!_byItem.TryGetValue(itemId, out answer))
            {
                _byItem[itemId] = answer = new Answer(agent, responseId, itemId);
            }

            Take(answer, text, isComplete);
            if (!answer.Due || answer.IsBusy)
            {
                return;
            }

            answer.IsBusy = true;
        }

        _ = JudgeAsync(answer, parent, cancellationToken);
    }

    /// <summary>A response is over: nothing of it is judged any more.</summary>
    public void Forget(string responseId)
    {
        lock (_gate)
        {
            _stopped.Remove(responseId);
        }
    }

    private void Take(Answer answer, string text, bool isComplete)
    {
        if (isComplete)
        {
            answer.Text.Clear();
            _byItem.Remove(answer.ItemId);
        }

        answer.Text.Append(text);
        answer.Due |= isComplete || answer.Text.Length - answer.Judged >= interval;
    }

    private async Task JudgeAsync(Answer answer, ActivityContext parent, CancellationToken cancellationToken)
    {
        while (true)
        {
            string text;
            lock (_gate)
            {
                if (!answer.Due || _stopped.Contains(answer.ResponseId))
                {
                    answer.IsBusy = false;
                    return;
                }

                answer.Due = false;
                answer.Judged = answer.Text.Length;
                text = answer.Text.ToString();
            }

            GuardrailTrip? trip = await guardrails.CheckAsync(answer.Agent.OutputGuardrails, text, answer.Agent, GuardrailStage.Output, parent, cancellationToken);
            bool first = false;
            if (trip is not null)
            {
                lock (_gate)
                {
                    first = _stopped.Add(answer.ResponseId);
                }
            }

            if (first)
            {
                tripped(answer, trip!);
            }
        }
    }

    /// <summary>One item of an answer.</summary>
    internal sealed class Answer(Agent agent, string responseId, string itemId)
    {
        public Agent Agent { get; } = agent;

        public string ResponseId { get; } = responseId;

        public string ItemId { get; } = itemId;

        public StringBuilder Text { get; } = new();

        public int Judged { get; set; }

        public bool Due { get; set; }

        public bool IsBusy { get; set; }
    }
}
