using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Where packets go.</summary>
/// <param name="Host">A name, or an address without brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record Endpoint(string Host, int Port)
{
    /// <summary>The forms that <see cref="TryParse"/> takes, for error messages.</summary>
    public const string ValidForms = "udp://host:port, with a name, an IPv4 address or an IPv6 address in brackets";

    public const int DefaultPort = 8125;

    private const string UdpScheme = "udp://";

    /// <summary>Reads <paramref name="text"/>; without a port it means <see cref="DefaultPort"/>.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Endpoint? endpoint)
    {
        endpoint = null;
        if (text is null || !text.StartsWith(UdpScheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return TryParseAuthority(text.AsSpan(UdpScheme.Length), out endpoint);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{UdpScheme}{Bracketed(Host)}:{Port}");

    /// <summary>Puts an IPv6 address into brackets and leaves any other host as it is.</summary>
    public static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static bool TryParseAuthority(ReadOnlySpan<char> authority, [NotNullWhen(true)] out Endpoint? endpoint)
    {
        endpoint = null;
        ReadOnlySpan<char> host;
        ReadOnlySpan<char> port;
        if (authority.StartsWith("["))
        {
            var end = authority.IndexOf(']');
            if (end < 0)
            {
                return false;
            }

            host = authority[1..end];
            port = authority[(end + 1)..];
        }
        else
        {
            var colon = authority.IndexOf(':');
            host = colon < 0 ? authority : authority[..colon];
            port = colon < 0 ? [] : authority[colon..];
        }

        if (Uri.CheckHostName(host.ToString()) == UriHostNameType.Unknown)
        {
            return false;
        }

        var number = DefaultPort;
        if (port.Length > 0
            && (port[0] != ':'
                || !int.TryParse(port[1..], NumberStyles.None, CultureInfo.InvariantCulture, out number)
                || number is < 1 or > ushort.MaxValue))
        {
            return false;
        }

        endpoint = new Endpoint(host.ToString(), number);
        return true;
    }
}
