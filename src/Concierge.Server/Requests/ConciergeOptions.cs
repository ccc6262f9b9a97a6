using System.Globalization;
using Concierge.Agents.Ready;
using Concierge.Agents.Restaurants;
using Concierge.Agents.Simulated;
using Concierge.Agents.Telephone;
using Concierge.Agents.Text;
using Concierge.Server.Configuration;

namespace Concierge.Server.Requests;

/// <summary>The settings of the concierge's text side, of agents and of their directory.</summary>
internal sealed record ConciergeOptions
{
    public const string DefaultModel = "gpt-5-mini";

    /// <summary>The key of the text model; null simulates it.</summary>
    public string? ApiKey { get; init; }

    public string Model { get; init; } = DefaultModel;

    /// <summary>The text model's API; null for the vendor's.</summary>
    public Uri? ModelUrl { get; init; }

    public double? Temperature { get; init; }

    public string AgentsFile { get; init; } = ReadyAgents.Concierge;

    public IReadOnlyList<Restaurant> Restaurants { get; init; } = [];

    /// <summary>In whose name restaurants are called.</summary>
    public string? ConciergeName { get; init; }

    /// <summary>Where the guest can be reached.</summary>
    public string? ConciergePhone { get; init; }

    /// <summary>The node that places calls for the command line.</summary>
    public Uri ServerUrl { get; init; } = new("http://127.0.0.1:8080");

    /// <summary>Whether that node was named, and so is meant whatever else is set.</summary>
    public bool HasServer { get; init; }

    /// <summary>The key of that node's API; null for none.</summary>
    public string? ServerApiKey { get; init; }

    public TransferBook? Transfers { get; init; }

    /// <summary>Whether everything a real call needs is set, so that a node of this machine is meant.</summary>
    public bool CanCall { get; init; }

    /// <summary>The data folder, for sessions of simulated conversations.</summary>
    public string DataDirectory { get; init; } = "concierge-data";

    /// <summary>The largest party that may be booked.</summary>
    public int MaxPartySize { get; init; } = 50;

    /// <summary>Reads the settings; what is wrong is added to the problems.</summary>
    public static ConciergeOptions Read(IConfiguration configuration, List<ConfigurationProblem> problems)
    {
        var settings = new SettingReader(configuration, problems);
        string? key = settings.Text(SettingNames.ApiKey);
        bool hasUrl = settings.Text(ConciergeSettings.AgentUrl) is not null;
        return new ConciergeOptions
        {
            ApiKey = key ?? (hasUrl ? "none" : null),
            Model = settings.Text(ConciergeSettings.AgentModel) ?? DefaultModel,
            ModelUrl = ReadUrl(settings, ConciergeSettings.AgentUrl),
            Temperature = ReadTemperature(settings),
            AgentsFile = AgentFiles.Resolve(settings.Text(ConciergeSettings.AgentsFile) ?? ReadyAgents.Concierge),
            Restaurants = ReadRestaurants(settings),
            ConciergeName = settings.Text(ConciergeSettings.ConciergeName),
            ConciergePhone = ReadNumber(settings, ConciergeSettings.ConciergePhone),
            ServerUrl = ReadUrl(settings, ConciergeSettings.ServerUrl) ?? new Uri($"http://127.0.0.1:{settings.Integer(SettingNames.ServerPort, 8080, 0, 65_535)}"),
            HasServer = settings.Text(ConciergeSettings.ServerUrl) is not null,
            ServerApiKey = settings.Text(ConciergeSettings.ServerApiKey),
            Transfers = ReadTransfers(settings),
            CanCall = key is not null && settings.Text(SettingNames.AccountSid) is not null && settings.Text(SettingNames.AuthToken) is not null
                && settings.Text(ConciergeSettings.PhoneNumber) is not null && settings.Text(SettingNames.PublicDomain) is not null,
            DataDirectory = settings.Text(ConciergeSettings.DataDirectory) ?? "concierge-data",
            MaxPartySize = settings.Integer(ConciergeSettings.MaxPartySize, 50, 1, 50),
        };
    }

    /// <summary>The text model these settings mean.</summary>
    public ITextModel CreateModel(TimeProvider time) => ApiKey is null ? new SimulatedTextModel(time) : new OpenAITextModel(Model, ApiKey, ModelUrl, Temperature);

    /// <summary>These settings for a simulation: without a restaurant of the operator's own there must be somebody to call.</summary>
    public ConciergeOptions WithSomebodyToCall() => Restaurants.Count > 0 ? this : this with
    {
        Restaurants = [new Restaurant("Trattoria Bella", "+14155550100") { Cuisine = "Italian", Area = "North Beach", Notes = "made up for the simulation" }],
    };

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{Model}, {AgentsFile}, {Restaurants.Count} restaurants";

    private static Uri? ReadUrl(SettingReader settings, string name)
    {
        if (settings.Text(name) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            return url;
        }

        settings.Error(name, $"'{text}' is not an https address (http is for this machine only)", "set a whole address, such as https://api.example.com/v1");
        return null;
    }

    private static double? ReadTemperature(SettingReader settings)
    {
        if (settings.Text(ConciergeSettings.AgentTemperature) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value is >= 0 and <= 2)
        {
            return value;
        }

        settings.Error(ConciergeSettings.AgentTemperature, $"'{text}' is not a number from 0 to 2", "set one, or leave it out for the model's own");
        return null;
    }

    private static List<Restaurant> ReadRestaurants(SettingReader settings)
    {
        List<Restaurant> all = [];
        if (settings.Text(ConciergeSettings.RestaurantsFile) is { } file)
        {
            try
            {
                all.AddRange(RestaurantFile.Load(file));
            }
            catch (RestaurantFileException e)
            {
                settings.Error(ConciergeSettings.RestaurantsFile, e.Message.TrimEnd('.'), "correct the file; docs/agents.md describes it");
            }
        }

        string? name = settings.Text(ConciergeSettings.DemoRestaurantName);
        string? phone = ReadNumber(settings, ConciergeSettings.DemoRestaurantPhone);
        if (name is not null && phone is not null)
        {
            all.Add(new Restaurant(name, phone) { Notes = "demo" });
        }

        return all;
    }

    private static string? ReadNumber(SettingReader settings, string name)
    {
        if (settings.Text(name) is not { } text)
        {
            return null;
        }

        if (RestaurantFile.ReadPhone(text) is { } number)
        {
            return number;
        }

        settings.Error(name, "it is no number in E.164", "write + country and number, such as +14155550123");
        return null;
    }

    private static TransferBook? ReadTransfers(SettingReader settings)
    {
        if (settings.Text(ConciergeSettings.TransferNumbers) is not { } text)
        {
            return null;
        }

        Dictionary<string, string> numbers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int at = entry.IndexOf('=', StringComparison.Ordinal);
            string place = at < 0 ? "person" : entry[..at].Trim();
            if (RestaurantFile.ReadPhone(entry[(at + 1)..]) is { } number && place.Length > 0)
            {
                numbers[place] = number;
            }
            else
            {
                settings.Error(ConciergeSettings.TransferNumbers, $"'{place}' has no number in E.164", "write place=+14155550123, several separated by commas");
            }
        }

        return new TransferBook(numbers);
    }
}
