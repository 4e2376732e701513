using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Which instruments are streamed, and how; never changes.</summary>
internal sealed record StreamRule(NamePattern Meter, NamePattern Instrument, EntryPriority Priority, int SampleOneIn, int CardinalityLimit);
