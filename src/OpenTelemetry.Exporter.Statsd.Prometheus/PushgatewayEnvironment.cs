using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Names the job as the service is named, where nobody has named it.</summary>
/// <remarks>
/// The service's other names are known only once the provider is built, too late to say that there is none. The SDK's own detector cannot be asked:
/// in public it reads the environment, and not the application's configuration.
/// </remarks>
internal sealed class PushgatewayEnvironment(IConfiguration configuration) : IPostConfigureOptions<PrometheusPushgatewayOptions>
{
    public const string ServiceName = "OTEL_SERVICE_NAME";
    public const string ResourceAttributes = "OTEL_RESOURCE_ATTRIBUTES";

    public void PostConfigure(string? name, PrometheusPushgatewayOptions options) =>
        options.Job ??= configuration[ServiceName] is { Length: > 0 } service
            ? service
            : ServiceNameIn(configuration[ResourceAttributes] ?? string.Empty);

    /// <summary>The name among attributes <c>key=value,key=value</c>, whose values are percent-encoded. The SDK's resource has the same one.</summary>
    private static string? ServiceNameIn(string attributes) => attributes
        .Split(',')
        .Select(attribute => attribute.Split('=', 2, StringSplitOptions.TrimEntries))
        .Where(pair => pair is ["service.name", { Length: > 0 }])
        .Select(pair => WebUtility.UrlDecode(pair[1]))
        .FirstOrDefault();
}
