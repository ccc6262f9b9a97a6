using System.Diagnostics;
using Concierge.Calls.Life;
using Concierge.Calls.Store;
using Concierge.Server.Tests.Node;
using Concierge.Simulation.Scenarios;

namespace Concierge.Server.Tests.Calls;

/// <summary>Everything that a node logs and traces of whole calls, at the level that logs most, held against what was said, pressed and dialled on them.</summary>
[Collection("current directory")] // alone: spans have no node, so those of other tests would be looked at as well
public class PersonalDataTests
{
    private const string Spoken = "half past seven";
    private const string Secret = "4711";

    private static readonly Scenario s_scenario = Scenario.Parse("""
        {"name":"personal","callee":{"ringMs":100,"patienceMs":20000},"turns":[
          {"by":"callee","when":"answered","afterMs":100,"say":"restaurant-greeting"},
          {"by":"agent","say":"concierge-details"},
          {"by":"callee","when":"silence","afterMs":1000,"dtmf":"4711","say":"restaurant-hold"},
          {"by":"agent","say":"concierge-goodbye","calls":[{"name":"record_outcome","arguments":{"status":"confirmed","confirmation_number":"4 7 1 1"}}]},
          {"by":"callee","when":"silence","afterMs":200,"hangUp":true}]}
        """);

    [Fact]
    [Trait("door", "personal data")]
    public async Task Nothing_of_a_call_is_in_a_log_line_or_a_span_beyond_its_masked_number()
    {
        (string told, IReadOnlyList<StoredFact> facts, CallRecord call) = await CallAsync(personal: false);

        // The store has it all, so the call was one with something to tell.
        Assert.Contains(CallTranscripts.Read(facts.Select(f => f.Fact)), t => t.Text.Contains(Spoken, StringComparison.Ordinal));
        Assert.Equal(Secret, call.Outcome!.ConfirmationNumber);
        Assert.Contains(call.CallSid!, told); // and it was logged
        Assert.Contains("+1••••••••23", told);
        Assert.DoesNotContain(TestFleet.Number, told);
        Assert.DoesNotContain("4155550123", told);
        Assert.DoesNotContain("+15005550006", told);
        Assert.DoesNotContain(Spoken, told);
        Assert.DoesNotContain("Trattoria", told);
        Assert.DoesNotContain("Goodbye", told);
        Assert.DoesNotContain(Secret, told);
        Assert.DoesNotContain("4 7 1 1", told);
        Assert.DoesNotContain("key pressed", told);
    }

    [Fact]
    [Trait("door", "personal data")]
    public async Task What_the_operator_asks_for_is_there()
    {
        (string told, _, _) = await CallAsync(personal: true);
        Assert.Contains(TestFleet.Number, told);
        Assert.Contains(Spoken, told);
        Assert.Contains("Trattoria", told);
        foreach (char key in Secret)
        {
            Assert.Contains($"key pressed: {key}", told);
        }
    }

    private static async Task<(string Told, IReadOnlyList<StoredFact> Facts, CallRecord Call)> CallAsync(bool personal)
    {
        EveryLine lines = new();
        using ActivityListener listener = new()
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = lines.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using TestFleet fleet = await TestFleet.StartAsync("sqlite", s_scenario, configure: o => o with { LogPersonalData = personal }, logging: lines);
        CallRecord call = await fleet.EndAsync(await fleet.PlaceAsync());
        using HttpClient http = fleet.Client();
        Assert.Contains(call.Id, await http.GetStringAsync($"/api/v1/calls?number={Uri.EscapeDataString(TestFleet.Number)}"));
        await fleet.Nodes[0].Memory!.Book.StoredAsync();
        Assert.Equal(CallState.Completed, call.State);
        return (lines.ToString(), await fleet.Nodes[0].Memory!.Store.ReadFactsAsync(call.Id, 0, 1_000, default), call);
    }
}
