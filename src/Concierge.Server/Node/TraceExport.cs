using System.Runtime.CompilerServices;
using Concierge.Agents.Tracing;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Concierge.Server.Node;

/// <summary>
/// Sends spans by OTLP when the operator says where (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, and the other variables of OpenTelemetry's own specification). Without it nothing
/// listens and no span is made.
/// </summary>
internal static class TraceExport
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    /// <summary>Begins to export; dispose what is returned to send the rest. Null when nothing is configured.</summary>
    public static IDisposable? Start(IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration[Endpoint]) && string.IsNullOrWhiteSpace(configuration[TracesEndpoint]))
        {
            return null;
        }

        return Export(configuration);
    }

    // By itself, so that a node that exports nothing does not load the libraries.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static IDisposable Export(IConfiguration configuration) =>
        Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService(configuration["OTEL_SERVICE_NAME"] ?? "concierge", serviceVersion: FrontDoor.Version))
            .AddSource(AgentTelemetry.SourceName)
            .AddOtlpExporter(exporter =>
            {
                if (configuration[TracesEndpoint] is { Length: > 0 } traces)
                {
                    exporter.Endpoint = new Uri(traces);
                }
                else if (string.Equals(configuration["OTEL_EXPORTER_OTLP_PROTOCOL"], "http/protobuf", StringComparison.OrdinalIgnoreCase))
                {
                    exporter.Endpoint = new Uri(configuration[Endpoint]!.TrimEnd('/') + "/v1/traces");
                }
                else
                {
                    exporter.Endpoint = new Uri(configuration[Endpoint]!);
                }

                exporter.Protocol = string.Equals(configuration["OTEL_EXPORTER_OTLP_PROTOCOL"], "http/protobuf", StringComparison.OrdinalIgnoreCase)
                    ? OpenTelemetry.Exporter.OtlpExportProtocol.HttpProtobuf
                    : OpenTelemetry.Exporter.OtlpExportProtocol.Grpc;
            })
            .Build();
}
