namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Makes the transport that reaches an endpoint.</summary>
internal static class TransportFactory
{
    /// <param name="endpoint">Where packets go.</param>
    /// <param name="maxPacketBytes">The length of the longest packet, without framing.</param>
    /// <param name="skipsEmptyLines">Whether the receiver skips empty lines, so that one can ask it whether it is there.</param>
    public static ITransport Create(Endpoint endpoint, int maxPacketBytes, bool skipsEmptyLines) => endpoint.Kind switch
    {
        EndpointKind.Udp => new UdpTransport(endpoint, maxPacketBytes, skipsEmptyLines),
        EndpointKind.UnixDatagram => new UnixDatagramTransport(endpoint.Path, skipsEmptyLines),
        EndpointKind.UnixStream => new UnixStreamTransport(endpoint.Path),
        EndpointKind.Tcp => new TcpTransport(endpoint.Host, endpoint.Port),
        EndpointKind.NamedPipe => new NamedPipeTransport(endpoint),
        EndpointKind.StandardOutput => new StandardOutputTransport(),
        _ => throw new ArgumentOutOfRangeException(nameof(endpoint), endpoint, "Not an endpoint."),
    };
}
