using Concierge.Audio;
using Concierge.Pipelines;
using Concierge.Server.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Concierge.Server.Tests.Configuration;

public class NodeConfigurationTests
{
    private const string Sid = "AC0123456789abcdef0123456789abcdef";

    [Fact]
    public void Takes_the_documented_defaults()
    {
        NodeOptions options = Valid(Secure());
        Assert.Equal("wss://api.openai.com/v1/realtime?model=gpt-realtime-2.1", options.RealtimeUrl.ToString());
        Assert.Equal(RealtimeAuthentication.Bearer, options.Authentication);
        Assert.Equal(("marin", CallAudioMode.Pcm16, "0.0.0.0", 8_080), (options.Voice, options.AudioMode, options.Host, options.Port));
        Assert.Equal("https://node.example.com/", options.PublicUrl!.ToString());
        Assert.Equal(["12345"], options.AuthTokens);
        Assert.True(options.RequireStreamToken);
        Assert.Equal(LogLevel.Information, options.LogLevel);
    }

    [Fact]
    public void Reports_every_error_in_one_pass()
    {
        NodeConfigurationResult result = Read(new()
        {
            ["REALTIME_URL"] = "https://api.openai.com/v1/realtime",
            ["REALTIME_VOICE"] = "onyx",
            ["AUDIO_MODE"] = "opus",
            ["SERVER_HOST"] = "my-laptop",
            ["SERVER_PORT"] = "70000",
            ["PUBLIC_DOMAIN"] = "https://host/path",
            ["TWILIO_ACCOUNT_SID"] = "12",
            ["MAX_CALLS"] = "0",
            ["DRAIN_SECONDS"] = "-1",
            ["REQUIRE_STREAM_TOKEN"] = "perhaps",
            ["TURN_DETECTION"] = "none",
            ["LOG_LEVEL"] = "loud",
        });
        Assert.Null(result.Options);
        string[] names = [.. result.Problems.Where(p => p.IsError).Select(p => p.Setting).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "AUDIO_MODE", "DRAIN_SECONDS", "LOG_LEVEL", "MAX_CALLS", "OPENAI_API_KEY", "PUBLIC_DOMAIN", "REALTIME_URL", "REALTIME_VOICE",
                "REQUIRE_STREAM_TOKEN", "SERVER_HOST", "SERVER_PORT", "TURN_DETECTION", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN",
            ],
            names);
        Assert.All(result.Problems, problem => Assert.NotEqual("", problem.Fix));
    }

    [Theory]
    [InlineData("gpt-4o-realtime-preview-2024-10-01", "retired")]
    [InlineData("gpt-4o-mini-realtime-preview", "retired")]
    [InlineData("gpt-realtime", "2027-01-20")]
    public void Warns_of_a_model_that_is_gone_or_going_and_names_the_current_one(string model, string word)
    {
        NodeConfigurationResult result = Read(Secure(("REALTIME_MODEL", model)));
        Assert.NotNull(result.Options);
        ConfigurationProblem warning = Assert.Single(result.Problems);
        Assert.False(warning.IsError);
        Assert.Contains(word, warning.Message);
        Assert.Contains("gpt-realtime-2.1", warning.Fix);
    }

    [Fact]
    public void Reads_what_becomes_of_a_call_whose_model_is_lost()
    {
        NodeOptions usual = Valid(Secure());
        Assert.Equal((true, 15, 100), (usual.Predial, usual.PredialLife.TotalSeconds, usual.MaxDialsPerSecond));
        Assert.Equal((3, 15), (usual.Upstream.Attempts, usual.Upstream.Patience.TotalSeconds));
        Assert.False(usual.Upstream.HoldingSound.IsEmpty);
        Assert.Null(usual.Upstream.Fallback);
        NodeOptions set = Valid(Secure(
            ("PREDIAL", "false"), ("PREDIAL_SECONDS", "30"), ("MAX_DIALS_PER_SECOND", "20"), ("RECONNECT_ATTEMPTS", "1"), ("OUTAGE_SECONDS", "8"),
            ("OUTAGE_SOUND", "none"), ("APOLOGY_SOUND", "none"), ("FALLBACK_NUMBER", "+15005550110")));
        Assert.Equal((false, 30, 20), (set.Predial, set.PredialLife.TotalSeconds, set.MaxDialsPerSecond));
        Assert.Equal((1, 8), (set.Upstream.Attempts, set.Upstream.Patience.TotalSeconds));
        Assert.InRange(usual.Upstream.ApologySound.Length / 8000.0, 3, 8); // words, unless told otherwise
        NodeOptions own = Valid(Secure(("OUTAGE_SOUND", "spoken"), ("APOLOGY_SOUND", "tones"), ("LOCAL_BARGE_IN", "true"), ("MIN_INTERRUPTION_MS", "250")));
        Assert.InRange(own.Upstream.HoldingSound.Length / 8000.0, 1, 3);
        Assert.True(own.Upstream.ApologySound.Span.SequenceEqual(UpstreamSounds.Apology.Span));
        Assert.Equal((true, 250), (own.LocalBargeIn, own.MinimumInterruption.TotalMilliseconds));
        Assert.True(set.Upstream.HoldingSound.IsEmpty && set.Upstream.ApologySound.IsEmpty);
        Assert.Equal("+15005550110", set.Upstream.Fallback!.Target);
    }

    [Fact]
    public void Takes_a_recorded_phrase_as_the_carrier_plays_it_and_says_what_is_wrong_with_another()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string phrase = Path.Combine(folder, "one-moment.wav");
            using (FileStream file = File.Create(phrase))
            using (WavWriter wav = new(file, 24_000, 2))
            {
                short[] second = new short[2 * 24_000];
                for (int i = 0; i < second.Length; i++)
                {
                    second[i] = (short)(8_000 * Math.Sin(2 * Math.PI * 500 * (i / 2) / 24_000));
                }

                wav.Write(second);
            }

            ReadOnlyMemory<byte> sound = Valid(Secure(("OUTAGE_SOUND", phrase))).Upstream.HoldingSound;
            Assert.InRange(sound.Length, 7_900, 8_010);
            short[] heard = new short[sound.Length];
            MuLaw.Decode(sound.Span, heard);
            Assert.Equal(8_000 / Math.Sqrt(2) / 32_768, PcmLevel.Rms(heard.AsSpan(400, 7_000)), 0.01);

            File.WriteAllText(Path.Combine(folder, "phrase.mp3"), "ID3");
            foreach ((string name, string path, string word) in ((string, string, string)[])
            [
                ("OUTAGE_SOUND", Path.Combine(folder, "missing.wav"), "missing.wav"),
                ("APOLOGY_SOUND", Path.Combine(folder, "phrase.mp3"), ".mp3"),
                ("FALLBACK_NUMBER", "911", "911"),
            ])
            {
                ConfigurationProblem problem = Assert.Single(Read(Secure((name, path))).Problems);
                Assert.True(problem.IsError);
                Assert.Equal(name, problem.Setting);
                Assert.Contains(word, problem.Message);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("fable", true)]
    [InlineData("nova", true)]
    [InlineData("onyx", true)]
    [InlineData("voice_1234", false)]
    public void Refuses_voices_that_the_realtime_api_has_not_and_only_warns_of_unknown_ones(string voice, bool error)
    {
        NodeConfigurationResult result = Read(Secure(("REALTIME_VOICE", voice)));
        Assert.Equal(error, Assert.Single(result.Problems).IsError);
    }

    [Fact]
    public void Dials_azure_with_its_header_and_the_deployment_as_model()
    {
        NodeOptions options = Valid(Secure(("REALTIME_URL", "wss://res.openai.azure.com/openai/v1/realtime"), ("REALTIME_MODEL", "my deployment")));
        Assert.Equal("wss://res.openai.azure.com/openai/v1/realtime?model=my%20deployment", options.RealtimeUrl.AbsoluteUri);
        Assert.Equal(RealtimeAuthentication.ApiKey, options.Authentication);
        Assert.Equal(RealtimeAuthentication.Bearer, Valid(Secure(
            ("REALTIME_URL", "wss://res.openai.azure.com/openai/v1/realtime?model=d"), ("REALTIME_AUTH", "bearer"))).Authentication);
    }

    [Theory]
    [InlineData("wss://res.openai.azure.com/openai/v1/realtime?api-version=2025-04-01-preview", "api-version")]
    [InlineData("wss://res.openai.azure.com/openai/realtime", "path")]
    [InlineData("wss://res.openai.azure.com/openai/v1/realtime?api-key=secret", "OPENAI_API_KEY")]
    [InlineData("ws://api.openai.com/v1/realtime", "clear text")]
    [InlineData("wss://user@api.openai.com/v1/realtime", "user name")]
    [InlineData("wss://api.openai.com/v1/realtime?call_id=rtc_1", "call_id")]
    [InlineData("api.openai.com", "wss://")]
    public void Refuses_an_address_that_cannot_work(string url, string word)
    {
        NodeConfigurationResult result = Read(Secure(("REALTIME_URL", url), ("REALTIME_MODEL", "m")));
        ConfigurationProblem problem = Assert.Single(result.Problems, p => p.Setting == "REALTIME_URL");
        Assert.Contains(word, problem.Message + problem.Fix);
        Assert.DoesNotContain("secret", problem.Message);
    }

    [Fact]
    public void Refuses_a_model_named_twice_with_different_names()
    {
        Assert.Null(Read(Secure(("REALTIME_URL", "wss://api.openai.com/v1/realtime?model=a"), ("REALTIME_MODEL", "b"))).Options);
        Assert.Equal("a", Valid(Secure(("REALTIME_URL", "wss://api.openai.com/v1/realtime?model=a"))).Model);
    }

    [Fact]
    public void Sends_no_key_to_a_twin_on_this_machine()
    {
        NodeOptions options = Valid(Secure(("REALTIME_URL", "ws://127.0.0.1:9000/v1/realtime")));
        Assert.Equal(RealtimeAuthentication.None, options.Authentication);
        Assert.Null(options.ApiKey);
    }

    [Fact]
    [Trait("door", "fail closed")]
    public void Does_not_open_a_public_door_without_a_token_unless_told_to()
    {
        Dictionary<string, string?> open = new() { ["OPENAI_API_KEY"] = "sk-1" };
        Assert.Contains(Read(open).Problems, p => p is { Setting: "TWILIO_AUTH_TOKEN", IsError: true });

        open["SERVER_HOST"] = "127.0.0.1";
        Assert.Empty(Read(open).Problems);

        open["SERVER_HOST"] = "0.0.0.0";
        open["ALLOW_UNSIGNED"] = "true";
        Assert.DoesNotContain(Read(open).Problems, p => p.IsError);
        Assert.Contains(Read(open).Problems, p => p.Setting == "TWILIO_AUTH_TOKEN");

        open["TWILIO_ACCOUNT_SID"] = Sid;
        Assert.Null(Read(open).Options);
    }

    [Fact]
    public void Needs_the_public_name_to_check_signatures() =>
        Assert.Contains(Read(new() { ["OPENAI_API_KEY"] = "sk-1", ["TWILIO_AUTH_TOKEN"] = "12345" }).Problems, p => p is { Setting: "PUBLIC_DOMAIN", IsError: true });

    [Fact]
    public void Accepts_the_names_of_the_former_service_for_modes_and_levels()
    {
        NodeOptions options = Valid(Secure(("AUDIO_MODE", "g711_ulaw"), ("LOG_LEVEL", "INFO"), ("TWILIO_AUTH_TOKEN_SECONDARY", "67890")));
        Assert.Equal((CallAudioMode.MuLaw, LogLevel.Information), (options.AudioMode, options.LogLevel));
        Assert.Equal(["12345", "67890"], options.AuthTokens);
    }

    [Fact]
    [Trait("door", "secrets")]
    public void Shows_no_secret_when_printed()
    {
        string printed = Valid(Secure()).ToString();
        Assert.DoesNotContain("sk-1", printed);
        Assert.DoesNotContain("12345", printed);
    }

    [Fact]
    public void Stacks_its_sources_with_the_command_line_on_top()
    {
        string folder = Directory.CreateTempSubdirectory("concierge-config-").FullName;
        File.WriteAllText(Path.Combine(folder, ".env"), "A=env-file\nB=env-file\nC=env-file\n");
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), """{ "B": "json", "C": "json", "Concierge": { "D": "section" } }""");
        List<ConfigurationProblem> problems = [];
        IConfiguration configuration = NodeConfiguration.Gather(folder, null, [new("C", "command line")], problems);
        Assert.Empty(problems);
        Assert.Equal(("env-file", "json", "command line"), (configuration["A"], configuration["B"], configuration["C"]));
        Assert.Equal("section", new SettingReader(configuration, problems).Text("D"));
    }

    [Fact]
    public void Reports_a_broken_file_by_name()
    {
        string folder = Directory.CreateTempSubdirectory("concierge-config-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), "{ not json");
        List<ConfigurationProblem> problems = [];
        NodeConfiguration.Gather(folder, Path.Combine(folder, "missing.env"), [], problems);
        Assert.Equal([".env", "appsettings.json"], problems.Select(p => p.Setting));
    }

    [Fact]
    public void Reads_an_env_file()
    {
        List<ConfigurationProblem> problems = [];
        Dictionary<string, string?> settings = DotEnvFile.Parse(
            "# comment\n\nexport A = 1\nB=two words # comment\r\nC='lit $A # eral'\nD=\"x\\n\\\"y\\\"\"\nE=\nF=a=b#c\nbad line\nG=\"open\n", problems);
        Assert.Equal("1", settings["A"]);
        Assert.Equal("two words", settings["B"]);
        Assert.Equal("lit $A # eral", settings["C"]);
        Assert.Equal("x\n\"y\"", settings["D"]);
        Assert.Equal("", settings["E"]);
        Assert.Equal("a=b#c", settings["F"]);
        Assert.Equal(2, problems.Count);
        Assert.Contains("line 9", problems[0].Message);
        Assert.Contains("G", problems[1].Message);
    }

    private static Dictionary<string, string?> Secure(params (string Name, string Value)[] more)
    {
        Dictionary<string, string?> settings = new() { ["OPENAI_API_KEY"] = "sk-1", ["TWILIO_AUTH_TOKEN"] = "12345", ["PUBLIC_DOMAIN"] = "node.example.com" };
        foreach ((string name, string value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    private static NodeConfigurationResult Read(Dictionary<string, string?> settings) =>
        NodeConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    private static NodeOptions Valid(Dictionary<string, string?> settings)
    {
        NodeConfigurationResult result = Read(settings);
        Assert.DoesNotContain(result.Problems, problem => problem.IsError);
        return result.Options!;
    }
}
