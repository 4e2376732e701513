namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Why a point or a packet did not leave; the value of the tag <c>reason</c> on the exporter's own counters.</summary>
internal enum DropReason
{
    /// <summary>NaN or infinite: no receiver keeps such a value.</summary>
    InvalidValue,

    /// <summary>A counter that fell, for a receiver that rejects a negative count.</summary>
    NegativeCounter,

    /// <summary>A value below zero in a histogram, for a receiver that rejects it.</summary>
    NegativeValue,

    /// <summary>A line that no packet can hold.</summary>
    LineTooLong,

    /// <summary>A metric type that this version does not know.</summary>
    UnsupportedType,

    /// <summary>The path does not take a packet of this size.</summary>
    PacketTooLarge,

    /// <summary>The oldest packet gave way to a younger one: the buffer is smaller than what an outage or a slow receiver held up.</summary>
    BufferFull,

    /// <summary>The receiver was away until the exporter was shut down.</summary>
    ReceiverAway,

    /// <summary>The receiver was there, but took too little until the exporter was shut down.</summary>
    TimedOut,

    /// <summary>The exporter itself failed; an event carries the exception.</summary>
    InternalError,
}

internal static class DropReasons
{
    /// <summary>How many reasons there are: the length of an array indexed by them.</summary>
    public const int Count = (int)DropReason.InternalError + 1;

    /// <summary>The texts of all reasons, in their order.</summary>
    public static readonly string[] Texts = [.. Enum.GetValues<DropReason>().Select(reason => reason.Text())];

    /// <summary>The text of <paramref name="reason"/> in tags and events.</summary>
    public static string Text(this DropReason reason) => reason switch
    {
        DropReason.InvalidValue => "invalid_value",
        DropReason.NegativeCounter => "negative_counter",
        DropReason.NegativeValue => "negative_value",
        DropReason.LineTooLong => "line_too_long",
        DropReason.UnsupportedType => "unsupported_type",
        DropReason.PacketTooLarge => "packet_too_large",
        DropReason.BufferFull => "buffer_full",
        DropReason.ReceiverAway => "receiver_away",
        DropReason.TimedOut => "timed_out",
        _ => "internal_error",
    };
}
