using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Numbers that tell series apart stay with them, however many others come and go.</summary>
public sealed class SeriesNumberTests
{
    private const int Count = 200;

    [Theory]
    [InlineData(33)]
    [InlineData(150)]
    public async Task Series_keep_their_numbers_when_many_others_leave(int leaving)
    {
        using var scrape = new Scrape(options => options.ExcludedAttributes = ["hidden"]);
        var shown = Enumerable.Range(1, Count).ToList();
        Observe(scrape.Meter(), shown);
        var first = await NumbersAsync(scrape);
        Assert.Equal(shown.Select(value => (value, value)), first);

        // From the middle, so that some stay before and some behind.
        shown.RemoveRange(20, leaving);
        Assert.Equal(shown.Select(value => (value, value)), await NumbersAsync(scrape));

        shown.RemoveRange(0, 20);
        Assert.Equal(shown.Select(value => (value, value)), await NumbersAsync(scrape));
    }

    [Fact]
    public async Task Series_keep_their_numbers_while_others_leave_and_come_at_random()
    {
        using var scrape = new Scrape(
            options => options.ExcludedAttributes = ["hidden"],
            metrics => metrics.AddView("g", new MetricStreamConfiguration { CardinalityLimit = 10_000 }));
        var random = new Random(11);
        var shown = Enumerable.Range(1, Count).ToList();
        Observe(scrape.Meter(), shown);
        var last = await NumbersAsync(scrape);
        for (var (round, next) = (0, Count + 1); round < 50; round++)
        {
            var start = random.Next(shown.Count);
            shown.RemoveRange(start, random.Next(shown.Count - start));
            for (var coming = random.Next(100); coming > 0; coming--)
            {
                shown.Add(next++);
            }

            var now = await NumbersAsync(scrape);
            Assert.Equal(shown, now.Select(series => series.Value));
            Assert.Equal(now.Count, now.Select(series => series.Number).Distinct().Count());
            var before = last.ToDictionary(series => series.Value, series => series.Number);
            Assert.All(now.Where(series => before.ContainsKey(series.Value)), series => Assert.Equal(before[series.Value], series.Number));
            last = now;
        }
    }

    private static void Observe(Meter meter, List<int> shown) => meter.CreateObservableGauge(
        "g", () => shown.Select(value => new Measurement<int>(value, new KeyValuePair<string, object?>("hidden", value))));

    private static async Task<List<(int Value, int Number)>> NumbersAsync(Scrape scrape) =>
    [
        .. from sample in Assert.Single(await scrape.FamiliesAsync()).Samples
           let number = sample.Labels.TryGetValue("otel_duplicate", out var text) ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 1
           orderby sample.Value
           select ((int)sample.Value, number),
    ];
}
