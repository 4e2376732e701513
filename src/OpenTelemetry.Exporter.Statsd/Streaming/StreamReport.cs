using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Publishes what became of measurements: those that were taken in, from a tally, and those that were refused, from the lanes.</summary>
/// <remarks>One owner at a time: the pump; <see cref="Refused"/> may be read by any thread.</remarks>
internal sealed class StreamReport(LaneBuffer lanes, ExporterStatistics statistics)
{
    private static readonly RefusalReason[] Reasons = Enum.GetValues<RefusalReason>();
    private static readonly EntryPriority[] Priorities = Enum.GetValues<EntryPriority>();

    private RefusalCounts published;

    /// <summary>What was refused since the beginning, up to this moment.</summary>
    public IReadOnlyCollection<RefusedMeasurements> Refused
    {
        get
        {
            var totals = lanes.ReadTotals();
            var refused = new List<RefusedMeasurements>();
            foreach (var reason in Reasons)
            {
                foreach (var priority in Priorities)
                {
                    if (totals.Refused.Read(reason, priority) is > 0 and var count)
                    {
                        refused.Add(new RefusedMeasurements(TextOf(reason), TextOf(priority), count));
                    }
                }
            }

            return refused;
        }
    }

    /// <summary>Publishes what happened since the last time, and resets the tally.</summary>
    public void Publish(ExportTally tally)
    {
        statistics.AddStreamed(tally);
        ExporterMeter.RecordStreamed(tally);
        tally.Reset();
        var refused = lanes.ReadTotals().Refused;
        foreach (var reason in Reasons)
        {
            foreach (var priority in Priorities)
            {
                var count = refused.Read(reason, priority) - published.Read(reason, priority);
                if (count > 0)
                {
                    var news = new RefusedMeasurements(TextOf(reason), TextOf(priority), count);
                    ExporterMeter.RecordRefused(tally.Events, news);
                    tally.Events.MeasurementsRefused(news);
                }
            }
        }

        published = refused;
    }

    private static string TextOf(RefusalReason reason) => reason switch
    {
        RefusalReason.LaneFull => "buffer_full",
        RefusalReason.NoLane => "contended",
        RefusalReason.Closed => "closed",

        // No series could be found or made: the code of a tag threw or itself recorded, or there are too many to number.
        RefusalReason.NoEntry => "no_series",
        _ => "internal_error",
    };

    private static string TextOf(EntryPriority priority) => priority switch
    {
        EntryPriority.Low => "low",
        EntryPriority.Normal => "normal",
        _ => "high",
    };
}
