using System.Reflection;
using System.Text.Json;
using Concierge.Pipelines;

namespace Concierge.Server.Usage;

/// <summary>
/// What models charge, as the operator keeps it in a JSON file: per million tokens by kind, and per minute where a transcription is counted by time. A model is
/// looked up by its name, else by the longest listed name that it begins with (dated versions).
/// </summary>
internal sealed record PriceTable
{
    /// <summary>The currency of all prices, ISO 4217.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>Speech models by name.</summary>
    public Dictionary<string, ModelPrices> Models { get; set; } = [];

    /// <summary>Transcription models by name.</summary>
    public Dictionary<string, TranscriptionPrices> Transcription { get; set; } = [];

    /// <summary>The table that comes with the program: list prices to begin with, to be checked against the operator's own.</summary>
    public static PriceTable Default { get; } = ReadDefault();

    /// <summary>Reads a table.</summary>
    /// <exception cref="InvalidDataException">The file is not one; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PriceTable Read(string path) => Parse(File.ReadAllText(path));

    /// <summary>Reads a table from its text.</summary>
    /// <exception cref="InvalidDataException">The text is not one; the message says where.</exception>
    public static PriceTable Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PriceJson.Default.PriceTable) ?? throw new InvalidDataException("it is empty");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>What a call cost; null when nothing that was used has a price.</summary>
    public CallCost? Cost(string model, string transcriptionModel, CallUsage usage)
    {
        decimal amount = 0;
        bool priced = false, complete = true;
        if (usage.Responses > 0)
        {
            if (Find(Models, model) is { } prices)
            {
                priced = true;
                amount += prices.Cost(usage);
            }
            else
            {
                complete = false;
            }
        }

        if (usage.TranscribedSeconds > 0 || usage.TranscriptionAudio + usage.TranscriptionText + usage.TranscriptionOutput > 0)
        {
            if (Find(Transcription, transcriptionModel) is { } prices)
            {
                priced = true;
                amount += prices.Cost(usage);
            }
            else
            {
                complete = false;
            }
        }

        return priced ? new CallCost(decimal.Round(amount, 6), Currency, complete) : null;
    }

    private static T? Find<T>(Dictionary<string, T> prices, string model)
        where T : class
    {
        if (prices.TryGetValue(model, out T? exact))
        {
            return exact;
        }

        string? nearest = prices.Keys.Where(name => model.StartsWith(name, StringComparison.Ordinal)).MaxBy(name => name.Length);
        return nearest is null ? null : prices[nearest];
    }

    private static PriceTable ReadDefault()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("Concierge.Server.Usage.prices.json")
            ?? throw new InvalidOperationException("The build left out prices.json.");
        using StreamReader reader = new(stream);
        return Parse(reader.ReadToEnd());
    }
}
