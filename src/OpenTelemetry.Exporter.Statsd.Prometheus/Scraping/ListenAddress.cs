using System.Net;
using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Where an exporter listens.</summary>
/// <param name="Host"><c>localhost</c>, <c>*</c> or an IP address.</param>
/// <param name="Port">The port.</param>
internal sealed record ListenAddress(string Host, int Port)
{
    private IPAddress[] Addresses => Host switch
    {
        "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        "*" => [IPAddress.IPv6Any],
        _ => [IPAddress.Parse(Host)],
    };

    /// <summary>Whether not both can be listened on.</summary>
    public bool Overlaps(ListenAddress other) =>
        Port == other.Port
        && Addresses.Any(mine => other.Addresses.Any(theirs => Covers(mine, theirs) || Covers(theirs, mine)));

    /// <summary>On <c>::</c> Kestrel listens to IPv4 as well.</summary>
    private static bool Covers(IPAddress one, IPAddress other) =>
        one.Equals(other)
        || one.Equals(IPAddress.IPv6Any)
        || (one.Equals(IPAddress.Any) && other.AddressFamily == AddressFamily.InterNetwork);
}
