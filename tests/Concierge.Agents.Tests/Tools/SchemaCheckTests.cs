using Concierge.Agents.Tools;

namespace Concierge.Agents.Tests.Tools;

public sealed class SchemaCheckTests
{
    private const string Schema = """
        {"type":"object","required":["name"],"additionalProperties":false,"properties":{
        "name":{"type":"string","minLength":1,"maxLength":5},
        "size":{"type":"integer","minimum":1,"maximum":50},
        "mood":{"enum":["happy","sad"]},
        "tags":{"type":"array","items":{"type":"string","pattern":"^[a-z]+$"},"maxItems":2},
        "when":{"anyOf":[{"type":"string"},{"type":"object","required":["at"],"properties":{"at":{"$ref":"#/$defs/time"}}}]}},
        "$defs":{"time":{"type":"string","pattern":"^\\d\\d:\\d\\d$"}}}
        """;

    [Theory]
    [InlineData("""{"name":"Bo","size":4.0,"mood":"sad","tags":["a","b"],"when":{"at":"19:30"}}""")]
    [InlineData("""{"name":"Bo","when":"soon"}""")]
    public void What_fits_has_no_problem(string json) => Assert.Empty(Check(json));

    [Theory]
    [InlineData("""{}""", "", "'name' is missing")]
    [InlineData("""{"name":""}""", "name", "it is empty")]
    [InlineData("""{"name":"Morgan"}""", "name", "it has 6 characters, and may have at most 5")]
    [InlineData("""{"name":7}""", "name", "it is 7, and must be text")]
    [InlineData("""{"name":"Bo","size":0}""", "size", "0 must be between 1 and 50")]
    [InlineData("""{"name":"Bo","size":2.5}""", "size", "it is 2.5, and must be a whole number")]
    [InlineData("""{"name":"Bo","mood":"hapy"}""", "mood", "'hapy' is not one of 'happy', 'sad'; did you mean 'happy'?")]
    [InlineData("""{"name":"Bo","tags":["a","B"]}""", "tags[1]", "'B' does not have the form ^[a-z]+$")]
    [InlineData("""{"name":"Bo","tags":["a","b","c"]}""", "tags", "it has 3 items, and may have at most 2")]
    [InlineData("""{"name":"Bo","sise":4}""", "sise", "'sise' is not known here; did you mean 'size'?")]
    [InlineData("""{"name":"Bo","when":{"at":"7pm"}}""", "when.at", "'7pm' does not have the form ^\\d\\d:\\d\\d$")]
    [InlineData("""[1]""", "", "it is a list, and must be an object")]
    public void What_does_not_fit_is_said_with_its_place(string json, string path, string message) => Assert.Contains((path, message), Check(json));

    private static IReadOnlyList<(string Path, string Message)> Check(string json) => SchemaCheck.Check(AgentTool.ParseSchema(json), AgentTool.ParseSchema(Schema));
}
