using System.Text.RegularExpressions;
using Concierge.Calls.Reservations;

namespace Concierge.Calls.Outcome;

/// <summary>
/// Reads what a restaurant agreed to off a call's transcript, by rules, in English and German: the second source of an outcome, for calls whose agent recorded none.
/// Only the other side's words count, sentence by sentence; what is said later overrides what was said before; questions, conditions and denials agree to nothing.
/// </summary>
public static partial class TranscriptOutcome
{
    private const double Number = 0.75;
    private const double Plain = 0.8;
    private const double PlainWithNumber = 0.9;
    private const double Farewell = 0.6;

    /// <summary>Reads the outcome.</summary>
    /// <param name="transcript">The call's turns in their order.</param>
    /// <param name="asked">What the call was for; null for a booking of which nothing is known.</param>
    /// <returns>The outcome with its confidence; null when nothing was settled, which is not an outcome.</returns>
    public static CallOutcome? Read(IEnumerable<TranscriptEntry> transcript, ReservationDetails? asked = null)
    {
        ArgumentNullException.ThrowIfNull(transcript);
        var reading = new Reading(asked ?? new ReservationDetails());
        foreach (TranscriptEntry turn in transcript)
        {
            if (turn.Speaker == TranscriptSpeaker.Caller)
            {
                reading.Add(turn.Text);
            }
        }

        return reading.Conclude();
    }

    /// <summary>Whether the other side said a number: whether its characters stand in one of its turns, one after the other.</summary>
    /// <param name="transcript">The call's turns.</param>
    /// <param name="number">The number in its written form.</param>
    public static bool Said(IEnumerable<TranscriptEntry> transcript, string number)
    {
        ArgumentNullException.ThrowIfNull(transcript);
        return transcript.Any(t => t.Speaker == TranscriptSpeaker.Caller && ConfirmationNumber.Normalise(t.Text).Contains(number, StringComparison.Ordinal));
    }

    private sealed class Reading(ReservationDetails asked)
    {
        private CallOutcomeStatus? _status;
        private double _confidence;
        private string? _number;
        private string? _notes;
        private TimeOnly? _time;
        private int? _guests;

        public void Add(string turn)
        {
            foreach (Match sentence in Sentence().Matches(turn))
            {
                Judge(sentence.Value);
            }

            ReadNumber(turn);

            // Times and guests of an offer are not agreed yet; those of the turn that settles it are.
            if (_status == CallOutcomeStatus.Confirmed)
            {
                _time = SpokenTimes.Find(turn, asked.Time) ?? _time;
                _guests = SpokenTimes.FindGuests(turn) ?? _guests;
            }
        }

        public CallOutcome? Conclude()
        {
            if (_status is not { } status)
            {
                return null;
            }

            bool confirmed = status == CallOutcomeStatus.Confirmed;
            bool modified = confirmed && ((_time is { } time && asked.Time is { } at && time != at) || (_guests is { } guests && asked.PartySize is { } size && guests != size));
            return new CallOutcome
            {
                Status = status,
                ConfirmationNumber = confirmed ? _number : null,
                Time = confirmed ? _time : null,
                PartySize = confirmed ? _guests : null,
                Notes = _notes,
                Modified = modified,
                Source = CallOutcomeSource.Transcript,
                Confidence = confirmed && _number is not null ? Math.Max(_confidence, _confidence >= Plain ? PlainWithNumber : Number) : _confidence,
            };
        }

        private void Judge(string sentence)
        {
            if (sentence.EndsWith('?'))
            {
                return; // who asks has agreed to nothing
            }

            if (WrongNumber().IsMatch(sentence))
            {
                Settle(CallOutcomeStatus.Error, Plain, "The wrong number was called.");
            }
            else if (Refused().IsMatch(sentence))
            {
                Settle(CallOutcomeStatus.Rejected, Plain, null);
            }
            else if (Later().IsMatch(sentence))
            {
                Settle(CallOutcomeStatus.Pending, Farewell, "They did not decide on the call.");
            }
            else if (Open().IsMatch(sentence))
            {
                // "Not confirmed yet", "once it is confirmed": said, and not agreed.
            }
            else if (asked.Kind == ReservationKind.Cancel ? Cancelled().IsMatch(sentence) : Agreed().IsMatch(sentence))
            {
                Settle(CallOutcomeStatus.Confirmed, Plain, null);
            }
            else if (_status is null && asked.Kind == ReservationKind.Book && Expected().IsMatch(sentence))
            {
                Settle(CallOutcomeStatus.Confirmed, Farewell, null);
            }
        }

        private void ReadNumber(string turn)
        {
            if (ConfirmationNumber.TryFindLast(turn, out string? given))
            {
                _number = given;
                if (_status is null or CallOutcomeStatus.Rejected && asked.Kind == ReservationKind.Book)
                {
                    Settle(CallOutcomeStatus.Confirmed, Number, null); // nobody gives a number to a table they do not have
                }
            }
            else if (_number is { } before && Correction().Match(turn) is { Success: true } correction
                && ConfirmationNumber.TryFind("confirmation number " + turn[correction.Length..], out string? corrected) && corrected.Length == before.Length)
            {
                _number = corrected;
            }
        }

        private void Settle(CallOutcomeStatus status, double confidence, string? notes) => (_status, _confidence, _notes) = (status, confidence, notes);
    }

    [GeneratedRegex(@"[^.!?]+(?:[.!?]+(?!\s|$)[^.!?]*)*[.!?]*")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"\bwrong number\b|\bnot a restaurant\b|\bfalsch(?:e nummer| verbunden)\b|\bkein restaurant\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex WrongNumber();

    [GeneratedRegex(
        @"\bfully booked\b|\bbooked (?:up|out|solid)\b|\b(?:is|are|['’]re) full\b|\b(?:have|is|are|got) (?:no|nothing)\b(?! (?:problem|need|worries))|\bno (?:tables?|availability|space|room)\b"
        + @"|(?:\bcannot|\bcan['’]?t|\bunable to|\bnot able to) (?:take|accommodate|do|seat|book|offer|cancel|find)\b|\b(?:don['’]t|do not) (?:take|accept|have)\b"
        + @"|\bausgebucht\b|\bkeine?n? (?:tisch|platz|plätze|reservierung)|\bnichts (?:mehr )?frei\b|\bleider (?:voll|nicht möglich)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Refused();

    [GeneratedRegex(
        @"\bcall (?:you |them )?back\b|\bget back to you\b|\bleave (?:us )?a message\b|\bwaiting list\b|\brufen .*\bzurück\b|\bmelden uns\b|\bwarteliste\b|\bnachricht hinterlassen\b|\bhinterlassen sie\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Later();

    [GeneratedRegex(
        @"\bnot\b|n['’]t\b|\bcannot\b|\buntil\b|\bonce\b|\bif\b|\bunless\b|\bbefore\b|\bto be confirmed\b|\b(?:will|must|has to|needs to|going to) be (?:confirmed|booked|reserved|cancell?ed)\b|\bnicht\b|\bnoch\b|\bsobald\b|\bwenn\b|\bfalls\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Open();

    [GeneratedRegex(
        @"\b(?:is|are|['’]s|['’]re|all) (?:now |all |hereby )?(?:confirmed|booked|reserved|yours)\b|\b(?:i|we)(?:['’]ve| have) (?:booked|reserved|confirmed|put|got|noted) (?:you|it|that|the|a|your)\b"
        + @"|\b(?:i|we) (?:can )?confirm (?:it|that|your|the)\b|\byou(?:['’]re| are) all set\b|\bis set for\b|\bconfirmed\s*[.!,]"
        + @"|\b(?:ist|sind)\b[^.,]{0,40}\b(?:bestätigt|gebucht|reserviert|eingetragen|notiert)\b|\bhabe(?:n)? (?:ich |wir )?(?:sie|ihnen|das|den tisch|einen tisch|es)\b.*\b(?:reserviert|eingetragen|notiert|gebucht)\b"
        + @"|\bbestätige(?:n)? (?:ich |wir )?(?:ihnen|die|das|ihre)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Agreed();

    [GeneratedRegex(
        @"\b(?:is|are|was|has been|['’]s|now|i(?:['’]ve| have)) (?:now |been )?cancell?ed\b|\bcancell?ed (?:it|that|your)\b|\b(?:storniert|abgesagt|gestrichen|gelöscht)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Cancelled();

    [GeneratedRegex(
        @"\bsee you (?:then|on|at|tomorrow|tonight|later|next|soon)\b|\b(?:we(?:['’]ll| will)) (?:see|expect) you\b|\bexpecting you\b|\b(?:wir )?(?:erwarten|freuen uns auf) (?:sie|ihren)\b|\bbis (?:dann|morgen|heute abend|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Expected();

    [GeneratedRegex(@"^\s*(?:no|nope|nein|sorry|correction|actually|pardon|entschuldigung|nicht ganz|not quite)\b[\s,.:;-]*(?:(?:sorry|wait|it['’]s|it is|that['’]s|that is|es ist|sondern)[\s,.:;-]*)*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Correction();
}
