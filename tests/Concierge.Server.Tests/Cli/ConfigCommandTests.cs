using Concierge.Server.Configuration;
using Concierge.Server.Shell;

namespace Concierge.Server.Tests.Cli;

/// <summary><c>concierge config</c>: every setting with its source and without its secret.</summary>
[Collection("current directory")]
public sealed class ConfigCommandTests : IDisposable
{
    private readonly CommandLineFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("door", "secrets")]
    public async Task Shows_where_each_value_came_from_and_of_a_secret_its_length_only()
    {
        (string secret, ApiKey key) = ApiKey.Create("me", ApiRole.Admin);
        await File.WriteAllTextAsync("token", "token-in-a-file\n");
        await File.WriteAllTextAsync(".env", $"""
            OPENAI_API_KEY=sk-secret-of-the-model
            REALTIME_URL=ws://127.0.0.1:9/v1/realtime
            REALTIME_VOICE=marin
            DATABASE_URL=postgres://user:database-password@db.example/calls
            TWILIO_ACCOUNT_SID=AC{new string('1', 32)}
            TWILIO_AUTH_TOKEN_FILE=token
            TWILIO_API_KEY_SID=SK{new string('1', 32)}
            TWILIO_API_KEY_SECRET=secret-of-the-carrier
            CONCIERGE_API_KEY={secret}
            API_KEYS={key.ToSetting()}
            PUBLIC_DOMAIN=node.example.com
            AGENTS_FILE=receptionist
            """);
        await File.WriteAllTextAsync("appsettings.json", """{"Concierge":{"REALTIME_VOICE":"cedar","MAX_CALLS":"7"}}""");
        string? before = Environment.GetEnvironmentVariable("LOG_LEVEL");
        Environment.SetEnvironmentVariable("LOG_LEVEL", "warning");
        try
        {
            (int code, string output, string error) = await CommandLineFolder.RunAsync("config");
            string[][] rows = [.. output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(l => System.Text.RegularExpressions.Regex.Split(l, "  +"))];
            Assert.True(code == ExitCodes.Success, error);
            Assert.Equal(["(secret, 22 characters)", ".env"], Row("OPENAI_API_KEY"));
            Assert.Equal(["warning", "environment"], Row("LOG_LEVEL"));
            Assert.Equal(["7", "appsettings.json"], Row("MAX_CALLS"));
            Assert.Equal(["receptionist", ".env"], Row("AGENTS_FILE"));
            Assert.Equal(["(in a file)", "token, named by .env"], Row("TWILIO_AUTH_TOKEN"));
            foreach (string hidden in (string[])["sk-secret", "database-password", "token-in-a-file", "secret-of-the-carrier", secret, Convert.ToHexStringLower(key.Hash)])
            {
                Assert.DoesNotContain(hidden, output + error);
            }

            string[] Row(string name) => rows.Single(r => r[0] == name)[1..];
        }
        finally
        {
            Environment.SetEnvironmentVariable("LOG_LEVEL", before);
        }
    }

    [Fact]
    public async Task Says_what_is_wrong_and_how_to_put_it_right()
    {
        await File.WriteAllTextAsync(".env", "SERVER_PORT=eighty\nOPENAI_API_KEY=sk-x\n");
        (int code, string output, string error) = await CommandLineFolder.RunAsync("config");
        Assert.Equal(ExitCodes.Configuration, code);
        Assert.Contains("eighty", output);
        Assert.Contains("SERVER_PORT: ", error);
        Assert.Contains("-> ", error);
        (code, _, error) = await CommandLineFolder.RunAsync("config", "--env-file", "no-such.env");
        Assert.Equal(ExitCodes.Configuration, code);
        Assert.Contains("no-such.env", error);
    }

    [Fact]
    public async Task Makes_a_key_that_the_node_takes()
    {
        (int code, string output, _) = await CommandLineFolder.RunAsync("config", "key", "maria", "--role", "call");
        Assert.Equal(ExitCodes.Success, code);
        string[] lines = output.Split(Environment.NewLine);
        string secret = lines[0].Split(' ')[^1];
        Assert.True(ApiKey.TryParse(lines[1].Split(' ')[^1], out ApiKey key));
        Assert.Equal(("maria", ApiRole.Call), (key.Name, key.Role));
        Assert.Equal(ApiKey.HashOf(secret), key.Hash);
        Assert.NotEqual(output, (await CommandLineFolder.RunAsync("config", "key", "maria", "--role", "call")).Output);
    }

    [Theory]
    [InlineData("config", "key", "maria")]
    [InlineData("config", "key", "maria", "--role", "owner")]
    [InlineData("config", "key", "no:colons", "--role", "read")]
    [InlineData("config", "key", "", "--role", "read")]
    public async Task A_key_needs_a_name_and_a_role(params string[] arguments)
    {
        (int code, string output, string error) = await CommandLineFolder.RunAsync(arguments);
        Assert.Equal((ExitCodes.Usage, ""), (code, output));
        Assert.StartsWith("concierge: ", error);
    }
}
