using OpenTelemetry.Exporter;

namespace Benchmarks.Load;

/// <summary>Where measurements are: recorded = received + refused + dropped, or else some are lost.</summary>
internal sealed record Balance(long Recorded, long Received, long Refused, long Dropped)
{
    public long Lost => Recorded - Received - Refused - Dropped;

    public override string ToString() => FormattableString.Invariant($"{Recorded:N0} = {Received:N0} + {Refused:N0} + {Dropped:N0}{(Lost == 0 ? string.Empty : $" + {Lost:N0} lost")}");

    /// <param name="recorded">All measurements.</param>
    /// <param name="received">By the sink.</param>
    /// <param name="statistics">At the end.</param>
    public static Balance Of(long recorded, long received, StatsdExporterStatistics statistics) =>
        new(recorded, received, statistics.MeasurementsRefused, statistics.MeasurementsDropped);
}
