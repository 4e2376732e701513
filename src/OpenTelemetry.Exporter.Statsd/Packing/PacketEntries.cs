namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Which entries (all lines of one point, or one of several in a line) end in a packet, and what they share with the packets around it.</summary>
/// <param name="Completed">How many end here.</param>
/// <param name="Spanning">How many of these began in an earlier packet: the first ones, which share their lines.</param>
/// <param name="OpenSpans">Whether the entry that goes on in the next packet, if one does, began in an earlier one.</param>
/// <param name="SharesLines">Whether a line holds several of them.</param>
internal readonly record struct PacketEntries(long Completed, long Spanning, bool OpenSpans, bool SharesLines = false);
