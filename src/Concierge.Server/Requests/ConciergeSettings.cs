namespace Concierge.Server.Requests;

/// <summary>The names of the concierge's own settings.</summary>
internal static class ConciergeSettings
{
    public const string AgentModel = "AGENT_MODEL";
    public const string AgentUrl = "AGENT_URL";
    public const string AgentTemperature = "AGENT_TEMPERATURE";
    public const string AgentsFile = "AGENTS_FILE";
    public const string RestaurantsFile = "RESTAURANTS_FILE";
    public const string DemoRestaurantName = "DEMO_RESTAURANT_NAME";
    public const string DemoRestaurantPhone = "DEMO_RESTAURANT_PHONE";
    public const string ConciergeName = "CONCIERGE_NAME";
    public const string ConciergePhone = "CONCIERGE_PHONE";
    public const string ServerUrl = "SERVER_URL";
    public const string ServerApiKey = "CONCIERGE_API_KEY";
    public const string TransferNumbers = "TRANSFER_NUMBERS";
    public const string PhoneNumber = "TWILIO_PHONE_NUMBER";
    public const string DataDirectory = "DATA_DIR";
    public const string VendorTracing = "REALTIME_TRACING";
    public const string MaxPartySize = "MAX_PARTY_SIZE";
}
