namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>How a receiver tells one packet from the next.</summary>
internal enum PacketFraming
{
    /// <summary>By datagram.</summary>
    Datagram,

    /// <summary>By a line feed at the end, as between the lines of a packet.</summary>
    LineFeed,

    /// <summary>By its length, as four bytes, the lowest first, before the packet.</summary>
    LengthPrefix,
}
