using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter;

/// <summary>Fills options that nobody has set from the variables that Datadog's clients read.</summary>
internal sealed class StatsdEnvironment(IConfiguration configuration) : IPostConfigureOptions<StatsdExporterOptions>
{
    private const string Url = "DD_DOGSTATSD_URL";
    private const string PipeName = "DD_DOGSTATSD_PIPE_NAME";
    private const string Host = "DD_AGENT_HOST";
    private const string Port = "DD_DOGSTATSD_PORT";

    private static readonly char[] TagSeparators = [',', ' '];

    public void PostConfigure(string? name, StatsdExporterOptions options)
    {
        if (options.Endpoint is null)
        {
            var (endpoint, source) = FindEndpoint();
            options.SetEndpoint(endpoint, source);
        }

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

    /// <returns>The endpoint, and the variables that it is made of.</returns>
    private (string Endpoint, string? Source) FindEndpoint()
    {
        // The URL and the host are read by most clients in this order; the name of a pipe has its place from the one for Java.
        if (Variable(Url) is { } url)
        {
            return (url, Url);
        }

        if (Variable(PipeName) is { } pipe)
        {
            return (pipe.StartsWith(Endpoint.PipePrefix, StringComparison.OrdinalIgnoreCase) ? pipe : $"pipe://{pipe}", PipeName);
        }

        var host = Variable(Host);
        if (host is not null && (host.Contains("://", StringComparison.Ordinal) || Endpoint.TryParse(host, out _)))
        {
            return (host, Host);
        }

        // "host:port" is one of the forms, and so is a bare IPv6 address.
        var hasPort = host is not null && (host.StartsWith('[') ? host.Contains("]:", StringComparison.Ordinal) : host.Count(c => c == ':') == 1);
        if (hasPort)
        {
            return ($"udp://{host}", Host);
        }

        var port = Variable(Port);
        var authority = host is null ? "localhost" : host.StartsWith('[') ? host : Endpoint.Bracketed(host);
        var source = (host, port) switch
        {
            (null, null) => null,
            (null, _) => Port,
            (_, null) => Host,
            _ => $"{Host} and {Port}",
        };
        return ($"udp://{authority}:{port ?? "8125"}", source);
    }

    private string? Variable(string key) => configuration[key] is { Length: > 0 } value ? value : null;
}
