namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Which entries (all lines of one point) end in a packet, and what they share with the packets around it.</summary>
/// <param name="Completed">How many end here.</param>
/// <param name="FirstSpans">Whether the first of these began in an earlier packet.</param>
/// <param name="EndsOpen">Whether an entry with lines so far goes on in the next packet.</param>
/// <param name="OpenSpans">Whether that one began in an earlier packet.</param>
internal readonly record struct PacketEntries(int Completed, bool FirstSpans, bool EndsOpen, bool OpenSpans);
