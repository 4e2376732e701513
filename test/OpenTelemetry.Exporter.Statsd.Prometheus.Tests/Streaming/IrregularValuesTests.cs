using System.Diagnostics.Metrics;
using System.Text;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Families;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>What OpenMetrics has no place for, collected while an exposition is being sent.</summary>
public sealed class IrregularValuesTests : IDisposable
{
    private static readonly FamilySettings Settings =
        new PrometheusAspNetCoreOptions { ScopeInfoEnabled = false, TargetInfoEnabled = false }.ReadFamilies();

    private readonly Meter meter = TestApp.CreateMeter();
    private readonly CollectingExporter exporter = new();
    private readonly MeterProvider provider;
    private readonly Layouts layouts = new(Settings, new ExporterTelemetry(), TimeProvider.System);

    public IrregularValuesTests() => provider = Sdk.CreateMeterProviderBuilder()
        .AddMeter(meter.Name)
        .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
        .Build();

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
    }

    [Fact]
    public void Counter_that_becomes_negative_changes_no_exposition_that_was_collected_before()
    {
        var counter = meter.CreateCounter<long>("c");
        counter.Add(1, new KeyValuePair<string, object?>("n", "a"));
        counter.Add(2, new KeyValuePair<string, object?>("n", "b"));
        var (before, begun) = Begin("# TYPE c counter");

        counter.Add(-5, new KeyValuePair<string, object?>("n", "a"));
        var (after, begunAfter) = Begin("# TYPE c_total unknown");

        var family = Assert.Single(OpenMetricsParser.Parse(Finish(before, begun)));
        Assert.Equal("counter", family.Type);
        Assert.All(family.Samples, sample => Assert.NotNull(sample.Created));
        Assert.Equal("unknown", Assert.Single(OpenMetricsParser.Parse(Finish(after, begunAfter))).Type);
    }

    [Fact]
    public void Histogram_whose_sum_becomes_negative_changes_no_exposition_that_was_collected_before()
    {
        var histogram = meter.CreateHistogram<double>("h");
        histogram.Record(1);
        var (before, begun) = Begin("# TYPE h histogram");

        histogram.Record(-5);
        var (after, begunAfter) = Begin("# TYPE h histogram");

        Assert.Contains(Assert.Single(OpenMetricsParser.Parse(Finish(before, begun))).Samples, sample => sample is { Name: "h_sum", Value: 1 });
        Assert.DoesNotContain(Assert.Single(OpenMetricsParser.Parse(Finish(after, begunAfter))).Samples, sample => sample.Name == "h_sum");
    }

    /// <summary>Collects, and begins to write what was collected: no more than what is said of the first family.</summary>
    private (ExpositionWriter Writer, byte[] Begun) Begin(string beginning)
    {
        provider.ForceFlush();
        var snapshot = exporter.Latest;
        var format = new ExpositionFormats(new ExpositionSettings(160, false), Settings.Naming.EscapesFirst)[new(ExpositionSyntax.OpenMetrics001, EscapingScheme.Underscores)];
        var writer = new ExpositionWriter(layouts.Of(snapshot.Structure, format, Resource.Empty), snapshot, format);
        var space = new byte[70];
        var begun = space[..writer.Fill(space)];
        Assert.StartsWith(beginning, Encoding.UTF8.GetString(begun), StringComparison.Ordinal);
        Assert.All(Encoding.UTF8.GetString(begun).Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.StartsWith("# ", line, StringComparison.Ordinal));
        return (writer, begun);
    }

    private static byte[] Finish(ExpositionWriter writer, byte[] begun)
    {
        var space = new byte[10_000];
        var rest = space[..writer.Fill(space)];
        Assert.True(writer.IsComplete);
        return [.. begun, .. rest];
    }

    private sealed class CollectingExporter : BaseExporter<Metric>
    {
        private readonly Collector collector = new(Settings.Attributes, new ExporterTelemetry());

        public Snapshot Latest { get; private set; } = new();

        public override ExportResult Export(in Batch<Metric> batch)
        {
            Latest = new Snapshot();
            collector.Collect(in batch, Latest);
            return ExportResult.Success;
        }
    }
}
