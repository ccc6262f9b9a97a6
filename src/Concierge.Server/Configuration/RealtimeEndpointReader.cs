using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Concierge.Server.Configuration;

/// <summary>
/// Reads where and how the model is dialled: <c>REALTIME_URL</c>, <c>REALTIME_MODEL</c>, <c>REALTIME_AUTH</c> and <c>OPENAI_API_KEY</c> belong together.
/// </summary>
internal static class RealtimeEndpointReader
{
    private static readonly string[] s_azureHosts = [".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com"];

    public static void Read(SettingReader settings, out Uri url, out string model, out RealtimeAuthentication authentication, out string? key)
    {
        url = ReadUrl(settings);
        bool azure = IsAzure(url);
        model = ReadModel(settings, url, azure);
        authentication = settings.Choice(
            SettingNames.RealtimeAuth,
            ("auto", azure ? RealtimeAuthentication.ApiKey : url.IsLoopback ? RealtimeAuthentication.None : RealtimeAuthentication.Bearer),
            ("bearer", RealtimeAuthentication.Bearer),
            ("api-key", RealtimeAuthentication.ApiKey),
            ("none", RealtimeAuthentication.None));
        key = ReadKey(settings, authentication);
        url = WithModel(url, model);
    }

    public static bool IsAzure(Uri url) => s_azureHosts.Any(host => url.Host.EndsWith(host, StringComparison.OrdinalIgnoreCase));

    private static Uri ReadUrl(SettingReader settings)
    {
        string text = settings.Text(SettingNames.RealtimeUrl) ?? NodeOptions.DefaultRealtimeUrl;
        Uri fallback = new(NodeOptions.DefaultRealtimeUrl);
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("ws" or "wss"))
        {
            settings.Error(SettingNames.RealtimeUrl, $"'{Printable(text)}' is not a WebSocket address", $"set a wss:// URL such as {NodeOptions.DefaultRealtimeUrl}");
            return fallback;
        }

        if (url.Scheme == "ws" && !url.IsLoopback)
        {
            settings.Error(SettingNames.RealtimeUrl, "ws:// would send the key and the call in clear text", "use wss://; ws:// is for a twin on this machine only");
        }

        if (url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            settings.Error(SettingNames.RealtimeUrl, "it carries a user name or a fragment", "leave both out; the key is OPENAI_API_KEY");
        }

        CheckQuery(settings, url);
        return url;
    }

    private static void CheckQuery(SettingReader settings, Uri url)
    {
        Dictionary<string, StringValues> query = QueryHelpers.ParseQuery(url.Query);
        if (query.ContainsKey("api-key"))
        {
            settings.Error(SettingNames.RealtimeUrl, "it carries an api-key, and addresses end up in logs", "move the key to OPENAI_API_KEY");
        }

        if (query.ContainsKey("call_id") || query.ContainsKey("intent"))
        {
            settings.Error(SettingNames.RealtimeUrl, "call_id and intent open another kind of session", "leave them out; the node adds model itself");
        }

        if (!IsAzure(url))
        {
            return;
        }

        string form = $"set wss://{url.Host}/openai/v1/realtime and the deployment's name as REALTIME_MODEL";
        if (query.ContainsKey("api-version") || query.ContainsKey("deployment"))
        {
            settings.Error(SettingNames.RealtimeUrl, "api-version and deployment belong to the retired preview; the current form answers 401 to them", form);
        }
        else if (!url.AbsolutePath.TrimEnd('/').Equals("/openai/v1/realtime", StringComparison.OrdinalIgnoreCase))
        {
            settings.Error(SettingNames.RealtimeUrl, $"the path '{url.AbsolutePath}' is not Azure's current one", form);
        }
    }

    private static string ReadModel(SettingReader settings, Uri url, bool azure)
    {
        string? named = settings.Text(SettingNames.RealtimeModel);
        string? inUrl = QueryHelpers.ParseQuery(url.Query).TryGetValue("model", out StringValues values) ? values.ToString() : null;
        if (named is not null && inUrl is not null && named != inUrl)
        {
            settings.Error(SettingNames.RealtimeModel, $"'{named}' contradicts model={inUrl} in REALTIME_URL", "name the model in one place, best in REALTIME_MODEL");
        }

        string? model = named ?? inUrl;
        if (azure && model is null)
        {
            settings.Error(SettingNames.RealtimeModel, "it is missing, and Azure has no default deployment", "set the name of your deployment");
        }

        model ??= NodeOptions.DefaultModel;
        if (!azure && RealtimeModels.Warning(model) is { } warning)
        {
            settings.Warning(SettingNames.RealtimeModel, warning, $"use {NodeOptions.DefaultModel} or {NodeOptions.DefaultModel}-mini");
        }

        return model;
    }

    private static string? ReadKey(SettingReader settings, RealtimeAuthentication authentication)
    {
        string? key = settings.Text(SettingNames.ApiKey);
        if (key is null && authentication != RealtimeAuthentication.None)
        {
            settings.Error(SettingNames.ApiKey, "it is missing", "set the key of your OpenAI or Azure account; or try `concierge demo`, which needs none");
        }
        else if (key is not null && key.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            settings.Error(SettingNames.ApiKey, "it has characters that no header may carry", "copy the key again, without spaces, quotes or line breaks");
        }

        // A twin needs no key, and a real one must not go astray.
        return authentication == RealtimeAuthentication.None ? null : key;
    }

    private static Uri WithModel(Uri url, string model)
    {
        if (QueryHelpers.ParseQuery(url.Query).ContainsKey("model"))
        {
            return url;
        }

        return new Uri(QueryHelpers.AddQueryString(url.OriginalString, "model", model));
    }

    /// <summary>Without control characters and of bounded length; a query may hold a key.</summary>
    private static string Printable(string text)
    {
        int query = text.IndexOf('?', StringComparison.Ordinal);
        string shown = query < 0 ? text : text[..query];
        shown = string.Concat(shown.Where(c => !char.IsControl(c)));
        return shown.Length <= 120 ? shown : shown[..120] + "...";
    }
}
