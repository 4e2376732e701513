namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Which entries (all lines of one point, or one of several in a line) end in a packet, and what they share with the packets around it.</summary>
/// <param name="Completed">How many end here.</param>
/// <param name="FirstSpans">Whether the first of these began in an earlier packet.</param>
/// <param name="OpenSpans">Whether the entry that goes on in the next packet, if one does, began in an earlier one.</param>
/// <param name="SharesLines">Whether a line holds several of them.</param>
internal readonly record struct PacketEntries(long Completed, bool FirstSpans, bool OpenSpans, bool SharesLines = false);
