using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>At steady state an export of documents allocates nothing beyond what the SDK itself does.</summary>
[Collection(Alone.Name)]
public sealed class EmfAllocationTests
{
    private static readonly bool IsUnoptimised =
        typeof(EmfExporterOptions).Assembly.GetCustomAttribute<DebuggableAttribute>() is { IsJITOptimizerDisabled: true };

    private static readonly object[] Boxed = [.. Enumerable.Range(0, 200).Select(i => (object)$"value-{i}")];

    [Theory]
    [InlineData(EmfHistogramForm.ValuesAndCounts)]
    [InlineData(EmfHistogramForm.StatisticSet)]
    public void An_export_over_TCP_allocates_nothing(EmfHistogramForm form)
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var receiver = new TcpReceiver();
        AssertSteady(new EmfExporterOptions { Endpoint = receiver.Address, HistogramForm = form });
        Assert.NotEmpty(receiver.Payloads);
    }

    [Fact]
    public void An_export_over_UDP_allocates_nothing()
    {
        Assert.SkipWhen(IsUnoptimised, "Unoptimised code allocates to reach constant tables; run the Release build.");
        using var receiver = new UdpReceiver();
        AssertSteady(new EmfExporterOptions { Endpoint = receiver.Address, MaxPacketsPerSecond = 10_000_000 });
        Assert.NotEmpty(receiver.Payloads);
    }

    private static void AssertSteady(EmfExporterOptions options)
    {
        using var meter = new Meter($"emf.allocation.{options.Endpoint}");
        var settings = options.ToSettings();
        var transport = TransportFactory.Create(settings.Delivery.Endpoint, settings.Delivery.MaxPacketBytes, settings.Delivery.SkipsEmptyLines);
        using var measured = new MeasuredExporter(new EmfMetricExporter("allocation", settings, transport));
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration())
            .AddReader(new BaseExportingMetricReader(measured) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
            .Build();
        var longs = meter.CreateCounter<long>("longs");
        var doubles = meter.CreateCounter<double>("doubles", "KiBy");
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
                gauge.Record(i == 7 ? double.NaN : -i / 3.0, tag);
                levels.Add(-1, tag);
                for (var value = 1; value < 300; value++)
                {
                    histogram.Record(i * value, tag);
                    exponential.Record(Math.Exp(value / 10.0), tag);
                }
            }

            Assert.True(provider.ForceFlush());
            return measured.AllocatedBytes;
        });
        Assert.True(rounds[0] > 0, "The first export has to encode its series, or nothing is measured.");
        Assert.True(Allocated.IsSteady(rounds), string.Join(" ", rounds));
    }
}
