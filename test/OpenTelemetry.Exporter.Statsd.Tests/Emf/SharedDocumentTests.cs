using System.Text.Json;
using OpenTelemetry.Metrics;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Points of one set of attributes share documents whatever comes and goes meanwhile, and none is lost where they are too many to be kept.</summary>
public sealed class SharedDocumentTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_series_that_comes_back_shares_its_document_again(bool hasAttributes)
    {
        const int Churning = 100;
        using var session = new DocumentSession();
        var paused = session.Meter.CreateCounter<long>("paused");
        var busy = session.Meter.CreateCounter<long>("busy");
        KeyValuePair<string, object?>[] attributes = hasAttributes ? [new("host", "web-1")] : [];
        paused.Add(1, attributes);
        busy.Add(1, attributes);
        AssertShared(session.Flush());

        // Long enough for the group of the two to be given up.
        for (var export = 0; export < 6; export++)
        {
            for (var one = 0; one < Churning; one++)
            {
                busy.Add(1, new KeyValuePair<string, object?>("customer", (export * Churning) + one));
            }

            Assert.Equal(Churning, session.Flush().Length);
        }

        busy.Add(1, attributes);
        Assert.Equal(["busy"], DocumentSession.Metrics(Assert.Single(session.Flush())));

        // In the first export they may still be apart.
        paused.Add(2, attributes);
        busy.Add(3, attributes);
        var first = session.Flush();
        Assert.Equal(2, Assert.Single(first, document => document.TryGetProperty("paused", out _)).GetProperty("paused").GetInt64());
        Assert.Equal(3, Assert.Single(first, document => document.TryGetProperty("busy", out _)).GetProperty("busy").GetInt64());
        paused.Add(4, attributes);
        busy.Add(5, attributes);
        AssertShared(session.Flush());
        Assert.Equal((6 * Churning) + 7, session.Statistics.PointsExported);

        static void AssertShared(JsonElement[] documents) => Assert.Equal(["busy", "paused"], DocumentSession.Metrics(Assert.Single(documents)).Order());
    }

    [Fact]
    public void Of_more_values_than_are_kept_at_once_none_is_lost()
    {
        const int Series = 1900;
        const int Values = 150;
        using var session = new DocumentSession(
            new TcpReceiver(), builder => builder.AddView("histogram", new Base2ExponentialBucketHistogramConfiguration()));
        var first = session.Meter.CreateCounter<long>("first");
        var histogram = session.Meter.CreateHistogram<double>("histogram");
        var last = session.Meter.CreateCounter<long>("last");
        for (var series = 0; series < Series; series++)
        {
            var attribute = new KeyValuePair<string, object?>("series", $"{series}");
            first.Add(series, attribute);
            last.Add(series, attribute);
            for (var value = 0; value < Values; value++)
            {
                histogram.Record(Value(series, value), attribute);
            }
        }

        var documents = session.End().ToLookup(document => int.Parse(document.GetProperty("series").GetString()!, provider: null));
        Assert.Equal((3 * Series, 0), (session.Statistics.PointsExported, session.Statistics.PointsDropped));
        Assert.Equal(Series, documents.Count);
        foreach (var ofSeries in documents)
        {
            // Were all kept until the end, these would be in one.
            var (before, after) = (Only(ofSeries, "first"), Only(ofSeries, "last"));
            Assert.False(before.TryGetProperty("last", out _), "Not more values than are kept.");
            Assert.Equal((ofSeries.Key, ofSeries.Key), (before.GetProperty("first").GetInt64(), after.GetProperty("last").GetInt64()));
            JsonElement[] parts = [.. ofSeries.Where(document => document.TryGetProperty("histogram", out _)).Select(document => document.GetProperty("histogram"))];
            Assert.Equal(Values, parts.Sum(part => part.GetProperty("Count").GetInt64()));
            Assert.Equal(Value(ofSeries.Key, 0), parts.Min(part => part.GetProperty("Min").GetDouble()));
            Assert.Equal(Value(ofSeries.Key, Values - 1), parts.Max(part => part.GetProperty("Max").GetDouble()));
            var sum = Enumerable.Range(0, Values).Sum(value => Value(ofSeries.Key, value));
            Assert.InRange(parts.Sum(part => part.GetProperty("Sum").GetDouble()) / sum, 1 - 1e-9, 1 + 1e-9);
        }

        // Each in a bucket of its own.
        static double Value(int series, int value) => Math.Pow(2, value / 16.0) * (series + 1);

        static JsonElement Only(IEnumerable<JsonElement> documents, string metric) =>
            Assert.Single(documents, document => document.TryGetProperty(metric, out _));
    }
}
