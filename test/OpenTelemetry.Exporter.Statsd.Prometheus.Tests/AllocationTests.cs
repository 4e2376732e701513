using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using TestSupport;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>What a scrape allocates once its series are known, beside what the SDK and HTTP do.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData(ExpositionSyntax.Text004)]
    [InlineData(ExpositionSyntax.OpenMetrics100)]
    [InlineData(ExpositionSyntax.Protobuf)]
    public void Collecting_and_writing_allocate_nothing_at_steady_state(object syntax)
    {
        using var meter = TestApp.CreateMeter("1.0");
        using var exporter = new MeasuredExporter((ExpositionSyntax)syntax);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddView("exponential", new Base2ExponentialBucketHistogramConfiguration { TagKeys = ["url.path"] })
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
            .Build();
        Record(meter);

        var rounds = Allocated.ByRounds(() =>
        {
            provider.ForceFlush();
            return exporter.Bytes;
        });

        Assert.True(Allocated.IsSteady(rounds), string.Join(", ", rounds));
        Assert.True(exporter.Written > 100_000, $"Only {exporter.Written} bytes were written.");
    }

    private static void Record(Meter meter)
    {
        var counter = meter.CreateCounter<long>("hits", "{hit}");
        var gauge = meter.CreateGauge<double>("level", "s");
        var histogram = meter.CreateHistogram<double>("sizes", "By");
        var exponential = meter.CreateHistogram<double>("exponential", "By");
        for (var number = 0; number < 500; number++)
        {
            KeyValuePair<string, object?>[] tags = [new("url.path", $"/{number}"), new("status.code", 200), new("ok", true)];
            counter.Add(1, tags);
            gauge.Record(1.5, tags);
            histogram.Record(number, tags);
            exponential.Record(number * 1000, tags);
            exponential.Record(number, tags);
        }
    }

    private sealed class MeasuredExporter(ExpositionSyntax syntax) : BaseExporter<Metric>
    {
        private readonly FamilySettings families = new PrometheusAspNetCoreOptions().ReadFamilies();
        private readonly ExporterTelemetry telemetry = new();
        private readonly Snapshot snapshot = new();
        private readonly byte[] space = new byte[64 * 1024];
        private Collector? collector;
        private Layouts? layouts;
        private ExpositionFormat? format;

        public long Bytes { get; private set; }

        public long Written { get; private set; }

        public override ExportResult Export(in Batch<Metric> batch)
        {
            collector ??= new Collector(families.Attributes, telemetry);
            layouts ??= new Layouts(families, telemetry, TimeProvider.System);
            format ??= new ExpositionFormats(new ExpositionSettings(160, true), families.Naming.EscapesFirst)[new(syntax, EscapingScheme.Underscores)];

            var before = GC.GetAllocatedBytesForCurrentThread();
            collector.Collect(in batch, snapshot);
            var layout = layouts.Of(snapshot.Structure, format, Resource.Empty);
            var laidOut = GC.GetAllocatedBytesForCurrentThread();
            var writer = new ExpositionWriter(layout, snapshot, format);
            var prepared = GC.GetAllocatedBytesForCurrentThread();
            Written = 0;
            while (!writer.IsComplete)
            {
                Written += writer.Fill(space);
            }

            Bytes = laidOut - before + GC.GetAllocatedBytesForCurrentThread() - prepared;
            return ExportResult.Success;
        }
    }
}
