using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>What programs record that are scraped with both our exporter and the official one.</summary>
internal static class PrometheusProgram
{
    public const string Hostile = "a\"b\\c\nd\te\u0001 {x=\"1\"} # €😀";

    public static Task<PrometheusApp> StartAsync() => PrometheusApp.StartAsync(metrics => metrics
        .AddView("latency", new ExplicitBucketHistogramConfiguration { Boundaries = [0.5, 1] })
        .AddView("sizes.exponential", new Base2ExponentialBucketHistogramConfiguration())
        .AddView("renamed", "1x\ninjected 1\ny"));

    public static void RecordEachKind(Meter meter)
    {
        var requests = meter.CreateCounter<long>("requests", "{request}", "Requests served.");
        requests.Add(1, new KeyValuePair<string, object?>("route", "/"));
        requests.Add(2, new KeyValuePair<string, object?>("route", "/"));
        meter.CreateCounter<double>("work", "s", "Time worked.").Add(4.25);
        meter.CreateObservableCounter("reads", () => 7L, "By", "Bytes read.");
        meter.CreateUpDownCounter<int>("queue.items", "{item}", "Items waiting.").Add(-2);
        meter.CreateObservableUpDownCounter("fill", () => 0.5, "1", "Part in use.");
        meter.CreateGauge<double>("temperature", "Cel", "How warm it is.").Record(21.5);
        meter.CreateObservableGauge("serial", () => 9007199254740993L, null, "More than a double holds.");
        var odd = meter.CreateGauge<double>("odd", null, "No finite numbers.");
        odd.Record(double.NaN, new KeyValuePair<string, object?>("which", "nan"));
        odd.Record(double.PositiveInfinity, new KeyValuePair<string, object?>("which", "up"));
        odd.Record(double.NegativeInfinity, new KeyValuePair<string, object?>("which", "down"));
        var latency = meter.CreateHistogram<double>("latency", "s", "Time taken.");
        latency.Record(0.25);
        latency.Record(1);
        latency.Record(4.5);
    }

    /// <summary>Each integer from 1 to 100, as an exponential histogram.</summary>
    public static void RecordExponential(Meter meter)
    {
        var sizes = meter.CreateHistogram<double>("sizes.exponential", "By", "Sizes.");
        for (var size = 1; size <= 100; size++)
        {
            sizes.Record(size);
        }
    }

    public static void RecordHostile(Meter meter)
    {
        meter.CreateGauge<long>("hostile", null, Hostile).Record(
            1, new("text", Hostile), new("same.key", 1), new("same_key", 2), new("surrogate", "\ud800"), new("1st", true), new("nil", null));
        meter.CreateGauge<long>("renamed").Record(2);
        meter.CreateGauge<long>("both").Record(3);
        meter.CreateHistogram<long>("both").Record(4);
        var twice = meter.CreateCounter<long>("twice");
        twice.Add(3, new KeyValuePair<string, object?>("a.b", 1));
        twice.Add(4, new KeyValuePair<string, object?>("a_b", 1));
    }
}
