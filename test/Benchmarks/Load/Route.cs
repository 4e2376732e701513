using System.Globalization;
using Microsoft.Win32.SafeHandles;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks.Load;

/// <summary>A way to a sink: a transport, and what about it is not the default.</summary>
internal sealed record Route(string Name, SinkKind Kind)
{
    public static readonly Route Udp = new("UDP", SinkKind.Udp);
    public static readonly Route UdpWithoutOffload = new("UDP without offload", SinkKind.Udp) { HasOffload = false };
    public static readonly Route UdpDefaultBuffer = new("UDP, receiver with the default buffer", SinkKind.Udp) { ReceiveBuffer = 0 };
    public static readonly Route UnixDatagram = new("Unix datagram", SinkKind.UnixDatagram);
    public static readonly Route UnixStream = new("Unix stream", SinkKind.UnixStream);
    public static readonly Route Tcp = new("TCP", SinkKind.Tcp);
    public static readonly Route StandardOutput = new("standard output, a pipe", SinkKind.Pipe);

    public static readonly Route[] All = [Udp, UdpWithoutOffload, UdpDefaultBuffer, UnixDatagram, UnixStream, Tcp, StandardOutput];

    public bool HasOffload { get; init; } = true;

    public int ReceiveBuffer { get; init; } = SinkProcess.LargeBuffer;

    public SinkProcess StartSink() => new(Kind, ReceiveBuffer);

    public StreamedApplication Start(SinkProcess sink, Action<StatsdExporterOptions>? configure = null)
    {
        if (Kind == SinkKind.Pipe)
        {
            // Standard output itself has the tables; behind the transport's own way of writing is another pipe.
            return new StreamedApplication("stdout:", () => new StandardOutputTransport(OpenPipe(sink.Endpoint)), configure);
        }

        return HasOffload
            ? new StreamedApplication(sink.Endpoint, configure)
            : new StreamedApplication(sink.Endpoint, () => Unpaced.UdpWithoutOffload(EndpointOf(sink.Endpoint)), configure);
    }

    private static SafeFileHandle OpenPipe(string path) => File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);

    private static Endpoint EndpointOf(string text) =>
        Endpoint.TryParse(text, out var endpoint) ? endpoint : throw new ArgumentException(string.Format(CultureInfo.InvariantCulture, "'{0}' is not an endpoint.", text), nameof(text));
}
