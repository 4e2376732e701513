using System.Diagnostics;
using System.Reflection;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>At steady state sending allocates nothing.</summary>
[Collection(Alone.Name)]
public sealed class StreamAllocationTests
{
    private static readonly bool IsUnoptimised =
        typeof(StatsdExporterOptions).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    private static readonly object[] Values = [.. Enumerable.Range(0, 200).Select(i => (object)$"value-{i}")];

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent)]
    [InlineData(StatsdProfile.StatsD)]
    [InlineData(StatsdProfile.Telegraf)]
    public void A_flush_allocates_nothing(StatsdProfile profile)
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var receiver = new UdpReceiver();
        var endpoint = new Transport.Endpoint("127.0.0.1", receiver.Port);
        using var run = new OutletRun(profile: profile, transport: new Transport.UdpTransport(endpoint, 1432, asksWithEmptyLine: true));
        var longs = run.Meter.CreateCounter<long>("longs");
        var doubles = run.Meter.CreateCounter<double>("doubles");
        var gauge = run.Meter.CreateGauge<double>("gauge");
        var histogram = run.Meter.CreateHistogram<double>("histogram", "s");
        var rounds = Allocated.ByRounds(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                var tag = new KeyValuePair<string, object?>("series", Values[i % Values.Length]);
                longs.Add(i + 1, tag);
                doubles.Add(i + 0.1, tag);
                gauge.Record(-i / 3.0, tag);
                histogram.Record(i / 7.0, tag);
            }

            return Allocated.By(run.Flush);
        });
        Assert.True(rounds[0] > 0, "The first flush has to encode its series, or nothing is measured.");
        Assert.True(Allocated.IsSteady(rounds), string.Join(" ", rounds));
        Assert.True(run.Told.MeasurementsExported > 20_000);
    }

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent)]
    [InlineData(StatsdProfile.StatsD)]
    [InlineData(StatsdProfile.Telegraf)]
    public void Packets_that_go_out_early_cost_no_allocation(StatsdProfile profile)
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var receiver = new UdpReceiver();
        var endpoint = new Transport.Endpoint("127.0.0.1", receiver.Port);
        using var run = new OutletRun(
            options => options.StreamFlushInterval = TimeSpan.FromSeconds(10), profile, new Transport.UdpTransport(endpoint, 1432, asksWithEmptyLine: true));
        var histogram = run.Meter.CreateHistogram<double>("histogram", "s");
        var rounds = Allocated.ByRounds(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                histogram.Record(i / 7.0, new KeyValuePair<string, object?>("series", Values[i % 2]));
            }

            run.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return Allocated.By(() =>
            {
                run.Outlet.Step();
                run.Clock.Advance(TimeSpan.FromMilliseconds(1));
                run.Outlet.Step();
            });
        });
        Assert.True(rounds[0] > 0, "The first has to encode its series, or nothing is measured.");
        Assert.True(Allocated.IsSteady(rounds), string.Join(" ", rounds));
        Assert.InRange(run.Told.MeasurementsExported, 870 * rounds.Count, 1000 * rounds.Count);
    }
}
