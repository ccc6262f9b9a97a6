using Concierge.Agents.Telephone;

namespace Concierge.Agents;

/// <summary>What an agent is fit for, as its tools show: a set may hold both the ones that are written to and the ones that are on the telephone.</summary>
public static class AgentRoles
{
    private static readonly HashSet<string> s_writing = new(StringComparer.Ordinal) { "initiate_reservation_call", "initiate_cancellation_call", "read_transcript" };

    private static readonly HashSet<string> s_telephone = new(StringComparer.Ordinal)
    {
        TelephoneTools.EndCall.Name, TelephoneTools.RecordOutcome.Name, TelephoneTools.CheckSlot.Name,
        TelephoneTools.SendDtmf.Name, TelephoneTools.TransferToHuman.Name, TelephoneTools.TakeMessage.Name,
    };

    /// <summary>Whether an agent works in writing only: it places calls, reads transcripts, gives its answer as data, or hands over to one that does.</summary>
    /// <param name="set">Whom it may hand over to.</param>
    /// <param name="agent">The agent.</param>
    public static bool IsForWriting(this AgentSet set, Agent agent)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { agent.Name };
        var waiting = new Queue<Agent>([agent]);
        while (waiting.TryDequeue(out Agent? next))
        {
            if (next.OutputSchema is not null || next.Tools.Any(t => s_writing.Contains(t.Name)))
            {
                return true;
            }

            foreach (Handoff handoff in next.Handoffs)
            {
                if (seen.Add(handoff.Target) && set.TryFind(handoff.Target, out Agent? target))
                {
                    waiting.Enqueue(target);
                }
            }
        }

        return false;
    }

    /// <summary>Whether an agent works on the telephone only: it greets, hangs up, presses keys, takes messages or puts callers through.</summary>
    /// <param name="agent">The agent.</param>
    public static bool IsForTelephone(this Agent agent) => agent.Greeting.SpeaksFirst || agent.Tools.Any(t => s_telephone.Contains(t.Name));
}
