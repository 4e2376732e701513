using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>The meter on which exporters report about themselves.</summary>
/// <remarks>
/// Thread-safe. Recorded once an export, after its last packet: a provider that also collects this meter picks the numbers
/// up with its next collection, so exporting never feeds itself; nor does a stream, of which this meter is never part. What exporters hold is observed instead; those of one name, in
/// several providers, count as one.
/// </remarks>
internal static class ExporterMeter
{
    public const string Name = "OpenTelemetry.Exporter.Statsd";

    /// <summary>The version of this library, of three numbers.</summary>
    public static readonly string? Version = typeof(ExporterMeter).Assembly.GetName().Version?.ToString(3);

    private static readonly Meter Meter = new(Name, Version);

    private static readonly InstrumentAdvice<double> DurationBounds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly Counter<long> PointsExported = Meter.CreateCounter<long>(
        "statsd.exporter.points.exported", "{point}", "Metric points handed to the operating system in full.");

    private static readonly Counter<long> PointsDropped = Meter.CreateCounter<long>(
        "statsd.exporter.points.dropped", "{point}", "Metric points lost in whole or in part, by reason.");

    private static readonly Counter<long> PointsAltered = Meter.CreateCounter<long>(
        "statsd.exporter.points.altered", "{point}", "Metric points not written quite as they were recorded, by reason; one may count for several.");

    private static readonly Counter<long> MeasurementsExported = Meter.CreateCounter<long>(
        "statsd.exporter.measurements.exported", "{measurement}", "Streamed measurements handed to the operating system.");

    private static readonly Counter<long> MeasurementsDropped = Meter.CreateCounter<long>(
        "statsd.exporter.measurements.dropped", "{measurement}", "Streamed measurements lost after they were taken in, by reason.");

    private static readonly Counter<long> MeasurementsRefused = Meter.CreateCounter<long>(
        "statsd.exporter.measurements.refused", "{measurement}", "Streamed measurements that were not taken in, by reason and priority.");

    private static readonly Counter<long> PacketsSent = Meter.CreateCounter<long>(
        "statsd.exporter.packets.sent", "{packet}", "Packets handed to the operating system.");

    private static readonly Counter<long> BytesSent = Meter.CreateCounter<long>(
        "statsd.exporter.bytes.sent", "By", "Payload bytes handed to the operating system, without empty lines that fill a packet up.");

    private static readonly Counter<long> PacketsDropped = Meter.CreateCounter<long>(
        "statsd.exporter.packets.dropped", "{packet}", "Packets lost, by reason.");

    private static readonly Counter<long> PacketsResent = Meter.CreateCounter<long>(
        "statsd.exporter.packets.resent", "{packet}", "Packets sent once more because they did not arrive.");

    private static readonly Counter<long> BytesDropped = Meter.CreateCounter<long>(
        "statsd.exporter.bytes.dropped", "By", "Payload bytes of packets lost, by reason.");

    private static readonly Counter<long> AddressChanges = Meter.CreateCounter<long>(
        "statsd.exporter.address.changes", "{change}", "How often the receiver's name came to stand for other addresses.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "statsd.exporter.export.duration", "s", "Time that an export took, from the first point to the last packet.", tags: null, DurationBounds);

    static ExporterMeter()
    {
        Meter.CreateObservableGauge(
            "statsd.exporter.queue.size",
            () => Observe(exporters => exporters.Sum(statistics => (long)statistics.Delivery.QueuedBytes)),
            "By",
            "Bytes of packets that wait to be sent, are kept while the receiver is away, or may have to be sent again.");
        Meter.CreateObservableGauge(
            "statsd.exporter.queue.packets",
            () => Observe(exporters => exporters.Sum(statistics => (long)statistics.Delivery.QueuedPackets)),
            "{packet}",
            "Packets that wait to be sent, are kept while the receiver is away, or may have to be sent again.");
        Meter.CreateObservableGauge(
            "statsd.exporter.breaker.state",
            () => Observe(exporters => exporters.Max(statistics => (long)statistics.Delivery.State)),
            "1",
            "Whether the receiver is taken for reachable: 0 closed, it is; 1 half-open, it is tried again; 2 open, it is away.");
    }

    /// <summary>Publishes what happened since the last time, in an export.</summary>
    /// <param name="tally">Read during the call only.</param>
    public static void Record(ExportTally tally) => Record(tally, PointsExported, PointsDropped);

    /// <summary>As <see cref="Record(ExportTally)"/>, of a stream, in which an entry is a measurement.</summary>
    public static void RecordStreamed(ExportTally tally) => Record(tally, MeasurementsExported, MeasurementsDropped);

    /// <summary>Publishes what a stream has not taken in since the last time.</summary>
    public static void RecordRefused(ExporterEvents exporter, RefusedMeasurements refused) =>
        Add(exporter, MeasurementsRefused, refused.Count, new TagList { TagOf(exporter.Exporter), { "reason", refused.Reason }, { "priority", refused.Priority } });

    /// <summary>Publishes how long an export took.</summary>
    public static void RecordDuration(ExporterEvents exporter, TimeSpan duration)
    {
        try
        {
            Duration.Record(duration.TotalSeconds, TagOf(exporter.Exporter));
        }
#pragma warning disable CA1031 // A listener to the exporter's own meter is the application's code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            exporter.ExportFailed(exception);
        }
    }

    private static void Record(ExportTally tally, Counter<long> exported, Counter<long> dropped)
    {
        var tags = new TagList { TagOf(tally.Events.Exporter) };
        Add(tally.Events, exported, tally.PointsExported, tags);
        Add(tally.Events, PacketsSent, tally.PacketsSent, tags);
        Add(tally.Events, PacketsResent, tally.PacketsResent, tags);
        Add(tally.Events, BytesSent, tally.BytesSent, tags);
        Add(tally.Events, AddressChanges, tally.AddressChanges, tags);
        AddByReason(tally.Events, dropped, tally.PointsDropped, DropReasons.Texts);
        AddByReason(tally.Events, PointsAltered, tally.PointsAltered, AlterReasons.Texts);
        AddByReason(tally.Events, PacketsDropped, tally.PacketsDropped, DropReasons.Texts);
        AddByReason(tally.Events, BytesDropped, tally.BytesDropped, DropReasons.Texts);
    }

    private static IEnumerable<Measurement<long>> Observe(Func<IEnumerable<ExporterStatistics>, long> read) => ExporterRegistry.Open
        .GroupBy(statistics => statistics.Exporter)
        .Select(exporters => new Measurement<long>(read(exporters), TagOf(exporters.Key)));

    private static KeyValuePair<string, object?> TagOf(string exporter) => new("exporter", exporter);

    private static void AddByReason(ExporterEvents exporter, Counter<long> counter, ReadOnlySpan<long> values, ReadOnlySpan<string> reasons)
    {
        for (var reason = 0; reason < values.Length; reason++)
        {
            if (values[reason] > 0)
            {
                Add(exporter, counter, values[reason], new TagList { TagOf(exporter.Exporter), { "reason", reasons[reason] } });
            }
        }
    }

    /// <summary>Adds each count by itself: a listener that throws over one must not keep the others from anybody.</summary>
    private static void Add(ExporterEvents exporter, Counter<long> counter, long value, in TagList tags)
    {
        Debug.Assert(value >= 0, "A tally only grows.");
        if (value == 0)
        {
            return;
        }

        try
        {
            counter.Add(value, tags);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            exporter.ExportFailed(exception);
        }
    }
}
