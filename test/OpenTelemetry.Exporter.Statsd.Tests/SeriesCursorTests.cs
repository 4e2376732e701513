using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A series that is looked up keeps what is kept of it as long as it is shown, by either way of knowing it.</summary>
public sealed class SeriesCursorTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Series_keeps_its_number_whoever_leaves_and_comes(bool readsTagArray)
    {
        var random = new Random(5);
        using var meter = new Meter($"cursor.{readsTagArray}");
        using var exporter = new NumberingExporter(readsTagArray);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddView("g", new MetricStreamConfiguration { CardinalityLimit = 10_000 })
            .AddReader(new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative })
            .Build();
        var shown = Enumerable.Range(0, 200).ToList();
        meter.CreateObservableGauge("g", () => shown.Select(value => new Measurement<int>(value, TagsOf(value))));

        Dictionary<int, int> last = [];
        for (var (round, next) = (0, 200); round < 60; round++)
        {
            Assert.True(provider.ForceFlush());
            Assert.Equal(shown.Order(), exporter.Numbers.Keys.Order());
            Assert.Equal(shown.Count, exporter.Numbers.Values.Distinct().Count());
            Assert.All(shown.Where(last.ContainsKey), value => Assert.Equal(last[value], exporter.Numbers[value]));
            Assert.All(shown.Where(value => !last.ContainsKey(value)), value => Assert.True(exporter.Numbers[value] > last.Values.DefaultIfEmpty(-1).Max()));
            last = new Dictionary<int, int>(exporter.Numbers);

            var start = random.Next(shown.Count);
            shown.RemoveRange(start, random.Next(shown.Count - start));
            shown.AddRange(Enumerable.Range(next, random.Next(150)));
            next += 150;
        }
    }

    private static KeyValuePair<string, object?>[] TagsOf(int value) => value == 100 ? [] : [new("n", value), new("parity", value % 2 == 0)];

    /// <summary>Gives each series that the cursor does not know the next number.</summary>
    private sealed class NumberingExporter(bool readsTagArray) : BaseExporter<Metric>
    {
        private readonly SeriesCursor<int> cursor = new(readsTagArray);
        private int next;

        public Dictionary<int, int> Numbers { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            Numbers.Clear();
            foreach (var metric in batch)
            {
                cursor.BeginPass();
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    if (!cursor.TryStep(point.Tags, out var number) && !cursor.TryFind(point.Tags, out number) && !cursor.TryLookUp(point.Tags, out number))
                    {
                        number = next++;
                        cursor.Add(point.Tags, number);
                    }

                    Numbers.Add((int)point.GetGaugeLastValueLong(), number);
                }

                cursor.EndPass();
            }

            return ExportResult.Success;
        }
    }
}
