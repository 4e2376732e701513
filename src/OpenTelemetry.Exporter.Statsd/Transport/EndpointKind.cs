namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>What carries packets to an <see cref="Endpoint"/>.</summary>
internal enum EndpointKind
{
    /// <summary><c>udp://host:port</c>.</summary>
    Udp,

    /// <summary><c>unix:///path</c> or <c>unixgram:///path</c>.</summary>
    UnixDatagram,

    /// <summary><c>unixstream:///path</c>.</summary>
    UnixStream,

    /// <summary><c>tcp://host:port</c>.</summary>
    Tcp,

    /// <summary><c>pipe://name</c>.</summary>
    NamedPipe,

    /// <summary><c>stdout:</c>.</summary>
    StandardOutput,
}
