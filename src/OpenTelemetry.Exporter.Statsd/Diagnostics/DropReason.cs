namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Why a point or a packet did not leave; the value of the tag <c>reason</c> on the exporter's own counters.</summary>
internal enum DropReason
{
    /// <summary>NaN or infinite: no receiver keeps such a value.</summary>
    InvalidValue,

    /// <summary>A counter that fell, for a receiver that rejects a negative count.</summary>
    NegativeCounter,

    /// <summary>A line that no packet can hold.</summary>
    LineTooLong,

    /// <summary>A metric type that this version does not know.</summary>
    UnsupportedType,

    /// <summary>The host name of the endpoint has no address.</summary>
    NameNotResolved,

    /// <summary>Nobody listens at the endpoint.</summary>
    ConnectionRefused,

    /// <summary>The socket's send buffer stayed full.</summary>
    SendBufferFull,

    /// <summary>The path does not take a packet of this size.</summary>
    PacketTooLarge,

    /// <summary>Any other error of the socket.</summary>
    NetworkError,

    /// <summary>The exporter itself failed; an event carries the exception.</summary>
    InternalError,
}

internal static class DropReasons
{
    /// <summary>How many reasons there are: the length of an array indexed by them.</summary>
    public const int Count = (int)DropReason.InternalError + 1;

    /// <summary>The text of <paramref name="reason"/> in tags and events.</summary>
    public static string Text(this DropReason reason) => reason switch
    {
        DropReason.InvalidValue => "invalid_value",
        DropReason.NegativeCounter => "negative_counter",
        DropReason.LineTooLong => "line_too_long",
        DropReason.UnsupportedType => "unsupported_type",
        DropReason.NameNotResolved => "name_not_resolved",
        DropReason.ConnectionRefused => "connection_refused",
        DropReason.SendBufferFull => "send_buffer_full",
        DropReason.PacketTooLarge => "packet_too_large",
        DropReason.NetworkError => "network_error",
        _ => "internal_error",
    };
}
