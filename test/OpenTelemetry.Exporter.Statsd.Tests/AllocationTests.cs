using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>At steady state an export allocates nothing beyond what the SDK itself does; here, of two exporters that share a reader.</summary>
[Collection(Alone.Name)]
public sealed class AllocationTests
{
    private static readonly bool IsUnoptimised =
        typeof(StatsdExporterOptions).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    private static readonly object[] Boxed = [.. Enumerable.Range(0, 200).Select(i => (object)$"value-{i}")];

    [Theory]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Summary)]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Buckets)]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Buckets, DatadogCardinality.Low)]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Distribution)]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Histogram, DatadogCardinality.Low)]
    [InlineData(StatsdProfile.DatadogAgent, HistogramForm.Timing)]
    [InlineData(StatsdProfile.StatsD, HistogramForm.Buckets)]
    [InlineData(StatsdProfile.StatsD, HistogramForm.Timing)]
    [InlineData(StatsdProfile.StatsDGraphite, HistogramForm.Timing)]
    [InlineData(StatsdProfile.Telegraf, HistogramForm.Buckets)]
    [InlineData(StatsdProfile.Telegraf, HistogramForm.Histogram)]
    [InlineData(StatsdProfile.Telegraf, HistogramForm.Timing)]
    public void An_export_over_UDP_allocates_nothing(StatsdProfile profile, HistogramForm form, DatadogCardinality? cardinality = null)
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var receiver = new UdpReceiver();
        using var meter = new Meter($"allocation.{profile}.{form}.{cardinality}");
        var settings = new StatsdExporterOptions
        {
            Endpoint = $"udp://{receiver.EndPoint}",
            Profile = profile,
            HistogramForm = form,
            Cardinality = cardinality,
        }.ToSettings();
        using var neighbour = new UdpReceiver();
        using var measured = new MeasuredExporter(ExporterGroup.Of([Exporter(receiver), Exporter(neighbour)]));
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
            .AddReader(new BaseExportingMetricReader(measured) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
        var longs = meter.CreateCounter<long>("longs");
        var doubles = meter.CreateCounter<double>("doubles");
        var gauge = meter.CreateGauge<double>("gauge");
        var levels = meter.CreateUpDownCounter<long>("levels");
        var histogram = meter.CreateHistogram<double>("explicit", "us");
        var exponential = meter.CreateHistogram<double>("exponential");

        var rounds = Allocated.ByRounds(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                var tag = new KeyValuePair<string, object?>("series", Boxed[i]);
                longs.Add(i + 1, tag);
                doubles.Add(i + 0.1, tag);
                gauge.Record(-i / 3.0, tag);
                levels.Add(-1, tag);
                for (var value = 1; value < 30; value++)
                {
                    histogram.Record(i * value, tag);
                    exponential.Record(i * 1.5 * value, tag);
                }
            }

            Assert.True(provider.ForceFlush());
            return measured.AllocatedBytes;
        });
        Assert.True(rounds[0] > 0, "The first export has to build its caches, or nothing is measured.");
        Assert.True(Allocated.IsSteady(rounds), string.Join(" ", rounds));

        ExporterGroup.Member Exporter(UdpReceiver receiver) => ExporterGroup.Member.Of(new Statsd.StatsdMetricExporter(
            "allocation", settings, new Transport.UdpTransport(new Transport.Endpoint("127.0.0.1", receiver.Port), settings.Delivery.MaxPacketBytes, asksWithEmptyLine: true)));
    }
}
