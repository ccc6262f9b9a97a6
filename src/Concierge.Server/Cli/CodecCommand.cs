using System.CommandLine;
using System.Globalization;
using Concierge.Server.Codec;
using Concierge.Server.Shell;
using Spectre.Console;

namespace Concierge.Server.Cli;

/// <summary><c>concierge codec INPUT OUTPUT</c>: files through the stages of a call; <c>concierge codec --analyze FILE</c>: what a file is like.</summary>
internal static class CodecCommand
{
    /// <summary>Files below this are done before a bar could be read.</summary>
    private const long ShowProgressFrom = 8 * 1024 * 1024;

    public static Command Create()
    {
        Argument<string> input = new("INPUT") { Description = "The file to read: .wav (PCM16, mono or stereo), .ulaw/.ul or .alaw/.al.", Arity = ArgumentArity.ZeroOrOne };
        Argument<string> output = new("OUTPUT") { Description = "The file to write, in the format of its extension; replaced if it exists.", Arity = ArgumentArity.ZeroOrOne };
        Option<string> analyze = new("--analyze") { Description = "Convert nothing; print level, clipping, silence and bandwidth of this file.", HelpName = "FILE" };
        Option<int?> rate = Rate("--rate", "The rate of files without a header (.ulaw, .alaw), in Hz; 8000 unless given.");
        Option<int?> outputRate = Rate("--output-rate", "The rate to convert to, in Hz: 8000, 16000, 24000 or 48000. Unless given: the input's for .wav, --rate's for the others.");
        Command command = new("codec", "Convert an audio file through the same G.711 and resampling stages as a call.") { input, output, analyze, rate, outputRate };
        command.SetAction(result =>
        {
            using Interruption interruption = Interruption.Listen();
            string? from = result.GetValue(input);
            if (result.GetValue(analyze) is { } file)
            {
                if (from is not null || result.GetValue(outputRate) is not null)
                {
                    throw new CommandException(ExitCodes.Usage, "--analyze reads one file and converts nothing; leave out INPUT, OUTPUT and --output-rate.");
                }

                result.InvocationConfiguration.Output.Write(FileAnalysis.Describe(FileAnalysis.Analyze(file, result.GetValue(rate), interruption.Token)));
                return ExitCodes.Success;
            }

            if (from is null || result.GetValue(output) is not { } to)
            {
                throw new CommandException(ExitCodes.Usage, "name an INPUT and an OUTPUT file, or one file with --analyze. Try 'concierge codec --help'.");
            }

            return Run(
                new CodecRequest(from, to, result.GetValue(rate), result.GetValue(outputRate)),
                result.InvocationConfiguration.Output,
                interruption.Token);
        });
        return command;
    }

    private static Option<int?> Rate(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "HZ",
        CustomParser = argument =>
        {
            string text = argument.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int hz))
            {
                return hz;
            }

            argument.AddError($"{name} {text}: a rate is a whole number of Hz; use one of {AudioFileFormats.RateList}.");
            return null;
        },
    };

    private static int Run(CodecRequest request, TextWriter output, CancellationToken cancellationToken)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        bool isLong = File.Exists(request.Input) && new FileInfo(request.Input).Length >= ShowProgressFrom;
        CodecSummary summary = isLong && !Console.IsErrorRedirected
            ? WithBar(console, request, cancellationToken)
            : FileCodec.Convert(request, progress: null, cancellationToken);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Input} -> {request.Output}: {summary.Chain}, {summary.OutputFrames} samples per channel, {summary.Duration.TotalSeconds:0.000} s"));
        return ExitCodes.Success;
    }

    private static CodecSummary WithBar(IAnsiConsole console, CodecRequest request, CancellationToken cancellationToken) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                ProgressTask task = context.AddTask(Markup.Escape(Path.GetFileName(request.Input)), maxValue: 1);
                return FileCodec.Convert(request, new DirectProgress(task), cancellationToken);
            });

    /// <summary>Unlike <see cref="Progress{T}"/> it reports in order and on the caller's thread.</summary>
    private sealed class DirectProgress(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
