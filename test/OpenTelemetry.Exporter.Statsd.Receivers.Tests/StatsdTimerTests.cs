using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Histograms as the timers of a real StatsD daemon, which keeps each value as one, and counts it as often as its rate says.</summary>
public sealed class StatsdTimerTests
{
    [Theory]
    [InlineData(StatsdProfile.StatsD, 1)]
    [InlineData(StatsdProfile.StatsD, 77)]
    [InlineData(StatsdProfile.StatsD, 4_804)]
    [InlineData(StatsdProfile.StatsD, 5_000)]
    [InlineData(StatsdProfile.StatsD, 9_606)]
    [InlineData(StatsdProfile.StatsDGraphite, 100_000)]
    public void A_timer_has_the_counts_the_ends_and_nearly_the_percentiles_of_what_was_recorded(StatsdProfile profile, int count)
    {
        using var daemon = StatsdDaemon.StartOrSkip();
        using var meter = new Meter($"timers.{profile}.{count}");
        using var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resources.ResourceBuilder.CreateEmpty())
            .AddMeter(meter.Name)
            .AddView("took", new Base2ExponentialBucketHistogramConfiguration())
            .AddStatsdExporter((statsd, reader) =>
            {
                statsd.Endpoint = $"udp://{daemon.EndPoint}";
                statsd.Profile = profile;
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = Timeout.Infinite;
            })
            .Build();
        var took = meter.CreateHistogram<double>("took", "s");
        var done = meter.CreateCounter<int>("done");
        var milliseconds = Lognormal(count);
        for (var i = 0; i < count; i++)
        {
            took.Record(milliseconds[i] / 1000, new KeyValuePair<string, object?>("route", "orders"));
        }

        done.Add(1);
        Assert.True(provider.ForceFlush());
        daemon.WaitFor(() => daemon.CounterTotals.ContainsKey("done"));

        var name = profile == StatsdProfile.StatsD ? "took" : "took;route=orders";
        Assert.Equal(0, daemon.BadLinesSeen);
        Assert.Equal(count, daemon.TimerCounts[name]);

        double[] values = [.. daemon.Timers[name].Order()];
        Array.Sort(milliseconds);
        Assert.InRange(values.Length, Math.Min(count, 75), Math.Min(count, 100));
        Assert.Equal(milliseconds[0], values[0], tolerance: 1e-12 * milliseconds[0]);
        Assert.Equal(milliseconds[^1], values[^1], tolerance: 1e-12 * milliseconds[^1]);

        // A hundred values are a percent each, those at the ends less; and a value is known as well as its bucket is narrow.
        foreach (var percent in (int[])[10, 25, 50, 75, 90, 95, 99])
        {
            Assert.InRange(Upper(values, percent), Upper(milliseconds, percent - 2) * 0.98, Upper(milliseconds, percent + 1) * 1.02);
        }
    }

    /// <summary>The largest of the lowest so many percent, as the daemon reports it.</summary>
    private static double Upper(double[] ascending, int percent) =>
        ascending[Math.Max(0, (int)Math.Round(percent / 100.0 * ascending.Length, MidpointRounding.AwayFromZero) - 1)];

    /// <summary>Around 20 ms, each of them a number of seconds.</summary>
    private static double[] Lognormal(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return 20 * Math.Exp(0.7 * normal);
        })];
    }
}
