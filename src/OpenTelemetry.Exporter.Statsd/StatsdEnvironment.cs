using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter;

/// <summary>Fills options that nobody has set from the variables that Datadog's clients read.</summary>
internal sealed class StatsdEnvironment(IConfiguration configuration) : IPostConfigureOptions<StatsdExporterOptions>
{
    private static readonly char[] TagSeparators = [',', ' '];

    public void PostConfigure(string? name, StatsdExporterOptions options)
    {
        options.Endpoint ??= EndpointFromEnvironment();
        AddTag(options.Tags, "service", Variable("DD_SERVICE"));
        AddTag(options.Tags, "env", Variable("DD_ENV"));
        AddTag(options.Tags, "version", Variable("DD_VERSION"));
        AddTags(options.Tags, Variable("DD_TAGS"));
        if (Enum.IsDefined(options.Profile) && options.Profile.ToReceiverProfile().HasDatadogExtensions)
        {
            AddTag(options.Tags, "dd.internal.entity_id", Variable("DD_ENTITY_ID"));
        }
    }

    private static void AddTags(IDictionary<string, string> tags, string? list)
    {
        foreach (var tag in (list ?? string.Empty).Split(TagSeparators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var colon = tag.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                AddTag(tags, tag[..colon], tag[(colon + 1)..]);
            }
        }
    }

    private static void AddTag(IDictionary<string, string> tags, string key, string? value)
    {
        if (value is not null)
        {
            tags.TryAdd(key, value);
        }
    }

    private string EndpointFromEnvironment()
    {
        if (Variable("DD_DOGSTATSD_URL") is { } url)
        {
            return url;
        }

        var host = Variable("DD_AGENT_HOST");
        var port = Variable("DD_DOGSTATSD_PORT");
        if (host is not null && host.Contains("://", StringComparison.Ordinal))
        {
            return host;
        }

        // "host:port" is one of the forms, and so is a bare IPv6 address.
        var hasPort = host is not null && (host.StartsWith('[') ? host.Contains("]:", StringComparison.Ordinal) : host.Count(c => c == ':') == 1);
        host = host is null ? "localhost" : host.StartsWith('[') || hasPort ? host : Endpoint.Bracketed(host);
        return hasPort ? $"udp://{host}" : $"udp://{host}:{port ?? "8125"}";
    }

    private string? Variable(string key) => configuration[key] is { Length: > 0 } value ? value : null;
}
