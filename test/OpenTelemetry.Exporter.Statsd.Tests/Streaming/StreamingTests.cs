namespace OpenTelemetry.Exporter.Statsd.Tests.Streaming;

/// <summary>What streamed instruments become on the wire.</summary>
public sealed class StreamingTests
{
    [Fact]
    public void Counters_are_summed_and_histograms_keep_every_value()
    {
        using var session = new Session(options: options => options.Stream("*"));
        var counter = session.Meter.CreateCounter<long>("hits");
        var histogram = session.Meter.CreateHistogram<double>("took");
        for (var i = 1; i <= 10; i++)
        {
            counter.Add(i, new KeyValuePair<string, object?>("route", "/a"));
            histogram.Record(i / 2.0, new KeyValuePair<string, object?>("route", "/a"));
        }

        var records = session.FlushRecords();
        Assert.Equal(55, records.Where(record => record.Name == "hits").Sum(record => record.Number));
        Assert.Equal(Enumerable.Range(1, 10).Select(i => i / 2.0), records.Where(record => record.Name == "took").Select(record => record.Number));
    }
}
