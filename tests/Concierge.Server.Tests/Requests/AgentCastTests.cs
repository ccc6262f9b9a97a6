using Concierge.Agents.Files;
using Concierge.Agents.Ready;
using Concierge.Agents.Reservations;
using Concierge.Server.Configuration;
using Concierge.Server.Node;
using Concierge.Server.Requests;
using Concierge.Server.Tests.Node;

namespace Concierge.Server.Tests.Requests;

/// <summary>Whose agents are there, who answers, and who takes requests, by what AGENTS_FILE holds.</summary>
public sealed class AgentCastTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cast-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_file_the_front_desk_answers_and_the_concierge_calls()
    {
        AgentCast cast = Cast(null);
        Assert.Equal(("Front desk", ReadyAgents.Orchestrator), (cast.OnLine.Name, cast.InWriting.Name));
        Assert.Equal([ReadyAgents.ReservationCall, ReadyAgents.CancellationCall, ReadyAgents.ErrandCall, "Front desk"], cast.OnLineNames);
    }

    [Fact]
    [Trait("door", "log injection")]
    public void A_name_that_came_with_a_stream_brings_no_line_into_the_log()
    {
        Assert.Equal("a  b", NodeAgents.Printable("a\r\nb"));
        Assert.Equal(64, NodeAgents.Printable(new string('x', 10_000)).Length);
    }

    [Fact]
    public void A_receptionist_answers_and_the_concierge_still_takes_requests()
    {
        AgentCast cast = Cast(ReadyAgents.Receptionist);
        Assert.Equal(("Receptionist", ReadyAgents.Orchestrator), (cast.OnLine.Name, cast.InWriting.Name));
        Assert.Contains(ReadyAgents.ReservationCall, cast.OnLineNames);
        Assert.Equal("our house", cast.Variables["business"]);
    }

    [Fact]
    public void A_copy_of_the_concierge_replaces_what_it_names_and_answers_no_calls()
    {
        AgentCast cast = Cast(Write("""
            { "start": "Boss", "variables": { "concierge_name": "Jeeves" }, "agents": [
              { "name": "Boss", "instructions": "x", "handoffs": [ "Reservation" ] },
              { "name": "Reservation", "instructions": "y", "tools": [ "initiate_reservation_call" ] },
              { "name": "reservation call", "instructions": "mine" } ] }
            """));
        Assert.Equal(("Front desk", "Boss"), (cast.OnLine.Name, cast.InWriting.Name));
        Assert.Equal("mine", cast.Set[ReadyAgents.ReservationCall].Instructions);
        Assert.Equal("Jeeves", cast.Variables["concierge_name"]);
        Assert.DoesNotContain("Boss", cast.OnLineNames);
    }

    [Fact]
    public void Somebody_who_is_neither_does_both()
    {
        AgentCast cast = Cast(Write("""{ "agents": [ { "name": "Solo", "instructions": "x" } ] }"""));
        Assert.Equal(("Solo", "Solo"), (cast.OnLine.Name, cast.InWriting.Name));
    }

    [Fact]
    public async Task An_edited_file_is_the_cast_of_the_next_call()
    {
        string path = Write("""{ "agents": [ { "name": "One", "instructions": "x" } ] }""");
        await using AgentCastSource source = new(path);
        AgentCast before = source.Current;
        Assert.Same(before, source.Current);
        File.WriteAllText(path, """{ "agents": [ { "name": "Another", "instructions": "x" } ] }""");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        Assert.Equal("Another", source.Current.OnLine.Name);
        Assert.Equal("One", before.OnLine.Name);
    }

    private static AgentCast Cast(string? file)
    {
        var options = new AgentFileOptions { HostTools = ConciergeTools.Catalog };
        NodeOptions node = TestNode.Options;
        return AgentCast.Create(file is null ? null : AgentFile.Load(file, options), AgentFile.Load(ReadyAgents.Concierge, options), FrontDeskAgent.Create(node).Start);
    }

    private string Write(string json)
    {
        string path = Path.Combine(_folder, "agents.json");
        File.WriteAllText(path, json);
        return path;
    }
}
