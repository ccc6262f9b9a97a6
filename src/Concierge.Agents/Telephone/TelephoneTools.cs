using System.Globalization;
using System.Text.Json.Nodes;
using Concierge.Agents.Tools;
using Concierge.Calls.Outcome;
using Concierge.Pipelines;

namespace Concierge.Agents.Telephone;

/// <summary>What every agent on a telephone may do, by the names that agent files use. What they need from a call is in its <see cref="AgentContext"/>.</summary>
public static class TelephoneTools
{
    private const string OutcomeSchema = """
        {"type":"object","properties":{
        "status":{"type":"string","enum":["confirmed","pending","rejected","cancelled","error"],"description":"confirmed: the table is booked. cancelled: the booking is cancelled. pending: they will call back, or a message was left. rejected: they cannot. error: wrong number, nobody there."},
        "confirmation_number":{"type":"string","maxLength":64,"description":"As read back and confirmed, letters and digits only. Leave out when there is none."},
        "date":{"type":"string","description":"YYYY-MM-DD"},
        "time":{"type":"string","description":"HH:MM, 24 hours"},
        "party_size":{"type":"integer"},
        "name":{"type":"string","maxLength":200},
        "notes":{"type":"string","maxLength":2000},
        "modified":{"type":"boolean","description":"Whether what was agreed differs from what was asked for."},
        "confidence":{"type":"number","minimum":0,"maximum":1,"description":"How sure you are of it."}},
        "required":["status"],"additionalProperties":false}
        """;

    private const string SlotSchema = """
        {"type":"object","properties":{
        "date":{"type":"string","pattern":"^\\d{4}-\\d{2}-\\d{2}$","description":"The day they offer, YYYY-MM-DD"},
        "time":{"type":"string","pattern":"^\\d{1,2}:\\d{2}$","description":"The time they offer, HH:MM, 24 hours"}},
        "required":["date","time"],"additionalProperties":false}
        """;

    private const string MessageSchema = """
        {"type":"object","properties":{
        "from":{"type":"string","maxLength":200,"description":"Who leaves it."},
        "phone":{"type":"string","maxLength":40,"description":"Where to call back, digits only, as read back and confirmed."},
        "message":{"type":"string","minLength":1,"maxLength":2000}},
        "required":["message"],"additionalProperties":false}
        """;

    private const string KeysSchema = """
        {"type":"object","properties":{"digits":{"type":"string","pattern":"^[0-9*#]{1,32}$","description":"The keys to press, in order."}},"required":["digits"],"additionalProperties":false}
        """;

    private const string TransferSchema = """
        {"type":"object","properties":{
        "destination":{"type":"string","maxLength":64,"description":"The name of the place, as this tool gives it; leave out when there is only one."},
        "summary":{"type":"string","maxLength":600,"description":"What the person who takes over should know, in one or two sentences."}},
        "additionalProperties":false}
        """;

    private const string EndSchema = """
        {"type":"object","properties":{"reason":{"type":"string","maxLength":200,"description":"Why, in a word or two."}},"additionalProperties":false}
        """;

    /// <summary>Hangs up once the last words have been heard.</summary>
    public static AgentTool EndCall { get; } = new DelegateTool(
        "end_call",
        "Hangs up after your last words have been heard. Say goodbye first, then call it.",
        EndSchema,
        static (invocation, _) =>
        {
            if (invocation.Call is null)
            {
                return ValueTask.FromResult(ToolResult.Failure("There is no call to end."));
            }

            invocation.Call.EndAfterPlayback();
            return ValueTask.FromResult(new ToolResult("""{"ending":true}""", Respond: false));
        });

    /// <summary>Presses keys for the other side's menu.</summary>
    public static AgentTool SendDtmf { get; } = new DelegateTool(
        "send_dtmf",
        "Presses telephone keys, for a menu that asks for them. Afterwards wait and listen.",
        KeysSchema,
        static (invocation, _) =>
        {
            if (invocation.Call is null)
            {
                return ValueTask.FromResult(ToolResult.Failure("There is no call to press keys on."));
            }

            invocation.Call.PressKeys(invocation.Text("digits")!);
            return ValueTask.FromResult(new ToolResult("""{"pressed":true}""", Respond: false));
        });

    /// <summary>Puts the caller through to one of the configured places (<see cref="TransferBook"/>); never to a number that somebody said.</summary>
    public static AgentTool TransferToHuman { get; } = new DelegateTool(
        "transfer_to_human",
        "Puts the caller through to a person. Say that you are putting them through first.",
        TransferSchema,
        static (invocation, _) => ValueTask.FromResult(Transfer(invocation)));

    /// <summary>Records what was agreed, into the call's <see cref="OutcomeRecorder"/>.</summary>
    public static AgentTool RecordOutcome { get; } = new DelegateTool(
        "record_outcome",
        "Records what the other side agreed to. Call it once they have confirmed or refused, after reading back the confirmation number digit by digit. Call it again to correct it.",
        OutcomeSchema,
        static (invocation, _) =>
        {
            if (invocation.Context.Find<OutcomeRecorder>() is not { } recorder)
            {
                return ValueTask.FromResult(ToolResult.Failure("Nothing is recorded on this call."));
            }

            recorder.Record(ReadOutcome(invocation));
            return ValueTask.FromResult(new ToolResult("""{"recorded":true}"""));
        });

    /// <summary>Says whether the guest would take another time, from the call's <see cref="SlotWishes"/>, or from the guest.</summary>
    public static AgentTool CheckSlot { get; } = new DelegateTool(
        "check_slot",
        "Asks whether the guest would take another date or time that the restaurant offers. Call it before you accept anything other than what was asked for.",
        SlotSchema,
        CheckSlotAsync,
        new AgentToolOptions
        {
            Timeout = TimeSpan.FromSeconds(45),
            Filler = new ToolFiller(TimeSpan.FromSeconds(1.5), "Say in a few words that you are asking the guest, and that it takes a moment. Nothing else."),
        });

    /// <summary>Takes a message, into the <see cref="MessageBox"/>.</summary>
    public static AgentTool TakeMessage { get; } = new DelegateTool(
        "take_message",
        "Takes a message for the house. Read the number back before you call it.",
        MessageSchema,
        static async (invocation, cancellationToken) =>
        {
            if (invocation.Context.Find<MessageBox>() is not { } box)
            {
                return ToolResult.Failure("Messages cannot be taken on this line. Say so, and give the opening hours if you know them.");
            }

            await box.TakeAsync(
                new TakenMessage(invocation.Context.ConversationId, invocation.Text("from"), invocation.Text("phone"), invocation.Text("message")!), cancellationToken);
            return ToolResult.Json(new JsonObject { ["taken"] = true });
        });

    private static ToolResult Transfer(ToolInvocation invocation)
    {
        if (invocation.Call is null || invocation.Context.Find<TransferBook>() is not { Places.Count: > 0 } book)
        {
            return ToolResult.Failure("There is nobody to put the caller through to. Say so, and offer to take a message.");
        }

        if (book.Find(invocation.Text("destination")) is not { } number)
        {
            return ToolResult.Failure($"There is no such place. There are: {string.Join(", ", book.Places)}. Ask which one is meant.");
        }

        invocation.Call.Transfer(new CallTransfer(number) { Summary = invocation.Text("summary") });
        return new ToolResult("""{"transferring":true}""", Respond: false);
    }

    private static CallOutcome ReadOutcome(ToolInvocation invocation)
    {
        string? number = invocation.Text("confirmation_number");
        return new CallOutcome
        {
            Status = invocation.Text("status") switch
            {
                "confirmed" or "cancelled" => CallOutcomeStatus.Confirmed,
                "rejected" => CallOutcomeStatus.Rejected,
                "error" => CallOutcomeStatus.Error,
                _ => CallOutcomeStatus.Pending,
            },
            ConfirmationNumber = string.IsNullOrWhiteSpace(number) ? null : ConfirmationNumber.Normalise(number),
            Date = DateOnly.TryParseExact(invocation.Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null,
            Time = TimeOnly.TryParseExact(invocation.Text("time"), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly at) ? at : null,
            PartySize = invocation.Number("party_size") is int size and >= 1 and <= 50 ? size : null,
            Name = invocation.Text("name"),
            Notes = invocation.Text("notes"),
            Modified = invocation.Flag("modified"),
            Confidence = invocation.Arguments.TryGetProperty("confidence", out System.Text.Json.JsonElement sure) && sure.ValueKind == System.Text.Json.JsonValueKind.Number ? sure.GetDouble() : null,
            Source = CallOutcomeSource.AgentTool,
        };
    }

    private static async ValueTask<ToolResult> CheckSlotAsync(ToolInvocation invocation, CancellationToken cancellationToken)
    {
        if (!DateOnly.TryParseExact(invocation.Text("date"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date)
            || !TimeOnly.TryParseExact(invocation.Text("time"), ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time))
        {
            return ToolResult.Failure("That is no date or time. Ask again, then call this with YYYY-MM-DD and HH:MM.");
        }

        if (invocation.Context.Find<SlotWishes>() is not { } wishes)
        {
            return ToolResult.Json(new JsonObject { ["acceptable"] = false, ["say"] = "The guest's other times are not known. Say that the guest will call back about it." });
        }

        if (wishes.Cover(date, time))
        {
            return ToolResult.Json(new JsonObject { ["acceptable"] = true, ["say"] = "The guest takes it. Accept it, and record it as modified unless it is what was asked for." });
        }

        bool? answer = wishes.AskGuest is null ? false : await wishes.AskGuest(date, time, cancellationToken);
        return answer switch
        {
            true => ToolResult.Json(new JsonObject { ["acceptable"] = true, ["say"] = "The guest was asked and takes it. Accept it, and record it as modified." }),
            false => ToolResult.Json(new JsonObject { ["acceptable"] = false, ["guest_would_take"] = wishes.Describe(), ["say"] = "Decline it, and ask for something within what the guest would take." }),
            null => ToolResult.Json(new JsonObject { ["acceptable"] = false, ["say"] = "The guest did not answer in time. Ask whether the table can be held, and record it as pending." }),
        };
    }
}
