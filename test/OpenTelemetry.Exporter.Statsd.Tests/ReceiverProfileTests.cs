using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What is known of each receiver, from its source; a change here is a change of what it is sent.</summary>
public sealed class ReceiverProfileTests
{
    private const StatsdTypes Plain = StatsdTypes.Counter | StatsdTypes.Gauge | StatsdTypes.Timing | StatsdTypes.Set;

    public static TheoryData<StatsdProfile, object?[]> Facts => new()
    {
        // Tags, Datadog's fields, sign of gauges is a delta, rejects counters below zero, types,
        // packing, type of raw values, rejects values below zero, numbers.
        { StatsdProfile.DatadogAgent, ["DogStatsd", true, false, false, StatsdTypes.All, ValuePacking.Values, StatsdTypes.Distribution, false, NumberForm.Shortest] },
        { StatsdProfile.StatsD, [null, false, true, false, Plain, ValuePacking.TypedValues, StatsdTypes.Timing, true, NumberForm.Plain] },
        { StatsdProfile.StatsDGraphite, ["Graphite", false, true, false, Plain, ValuePacking.TypedValues, StatsdTypes.Timing, true, NumberForm.Plain] },
        { StatsdProfile.PrometheusStatsdExporter, ["DogStatsd", false, true, true, StatsdTypes.All & ~StatsdTypes.Set, ValuePacking.Values, StatsdTypes.Histogram, false, NumberForm.Shortest] },
        { StatsdProfile.Telegraf, ["Influx", false, true, false, StatsdTypes.All & ~StatsdTypes.Distribution, ValuePacking.None, StatsdTypes.Histogram, true, NumberForm.Shortest] },
        { StatsdProfile.OpenTelemetryCollector, ["DogStatsd", false, true, false, StatsdTypes.All & ~StatsdTypes.Set, ValuePacking.None, StatsdTypes.Histogram, false, NumberForm.Shortest] },
    };

    [Theory]
    [MemberData(nameof(Facts))]
    public void A_profile_is_what_its_receiver_reads(StatsdProfile name, object?[] facts)
    {
        var profile = name.ToReceiverProfile();
        Assert.Equal(name.ToString(), profile.Name);
        Assert.Equal(facts, [
            profile.Tags is null ? null : profile.Tags == TagDialect.DogStatsd ? "DogStatsd" : profile.Tags == TagDialect.Graphite ? "Graphite" : "Influx",
            profile.HasDatadogExtensions,
            profile.SignedGaugeIsDelta,
            profile.RejectsNegativeCounters,
            profile.Types,
            profile.Packing,
            profile.ValueType,
            profile.RejectsNegativeValues,
            profile.Numbers,
        ]);
    }
}
