using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>A receiver for each transport.</summary>
internal static class Receivers
{
    public static Receiver Of(string scheme) => scheme switch
    {
        "udp" => new UdpReceiver(),
        "unix" => new UnixDatagramReceiver(),
        "unixstream" => new UnixStreamReceiver(),
        _ => new TcpReceiver(),
    };
}
