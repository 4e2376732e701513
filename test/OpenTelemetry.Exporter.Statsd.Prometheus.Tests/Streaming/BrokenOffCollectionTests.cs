using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>A collection that fails in the midst of a point leaves nothing behind.</summary>
public sealed class BrokenOffCollectionTests
{
    [Fact]
    public void Exemplars_of_a_collection_that_failed_are_not_in_the_next()
    {
        using var meter = TestApp.CreateMeter();
        using var exporter = new FailingOnceExporter();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
            .AddView("h", new Base2ExponentialBucketHistogramConfiguration { TagKeys = [] })
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
            .Build();
        var histogram = meter.CreateHistogram<double>("h");
        histogram.Record(8);
        histogram.Record(2, new KeyValuePair<string, object?>("n", "x"));

        provider.ForceFlush();
        Assert.True(exporter.HasFailed);
        provider.ForceFlush();

        Assert.Equal([2, 8], exporter.Exemplars);
    }

    private sealed class FailingOnceExporter : BaseExporter<Metric>
    {
        private readonly Snapshot snapshot = new();

        public bool HasFailed { get; private set; }

        public List<double> Exemplars { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            if (HasFailed)
            {
                new Collector(new AttributeFilter(allowed: null, excluded: null), new ExporterTelemetry()).Collect(in batch, snapshot);
                Read();
                return ExportResult.Success;
            }

            // Without a filter the first exemplar that has an attribute fails.
            try
            {
                new Collector(filter: null!, new ExporterTelemetry()).Collect(in batch, snapshot);
            }
            catch (NullReferenceException)
            {
                HasFailed = true;
            }

            return ExportResult.Failure;
        }

        private void Read()
        {
            var points = new PointReader(Assert.Single(snapshot.Structure.Streams).Stream, snapshot[0]);
            Assert.True(points.MoveNext());
            foreach (var exemplar in new PointReader.ExemplarEnumerator(points.Exemplars))
            {
                Exemplars.Add(BitConverter.Int64BitsToDouble(exemplar.Bits));
            }
        }
    }
}
