using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;

namespace Benchmarks;

/// <summary>Three tags, the same objects each time.</summary>
internal readonly record struct ThreeTags(KeyValuePair<string, object?> Region, KeyValuePair<string, object?> Service, KeyValuePair<string, object?> Endpoint)
{
    public static ThreeTags[] Make(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ThreeTags(
            new("region", $"eu-west-{i % 7}"), new("service", $"checkout-{i % 13}"), new("endpoint", $"/api/items/{i}")))];

    /// <summary>So many that a value comes back only when caches have long forgotten it; each with objects of its own.</summary>
    public static ThreeTags[] CopyMany(ThreeTags[] series) => [.. Enumerable.Range(0, 4096).Select(i => series[i % series.Length].WithOtherStrings())];

    private ThreeTags WithOtherStrings() => new(Copy(Region), Copy(Service), Copy(Endpoint));

    private static KeyValuePair<string, object?> Copy(KeyValuePair<string, object?> tag) => new(tag.Key, string.Concat("", (string)tag.Value!, " ").TrimEnd());
}

/// <summary>Records values of three decimals with a histogram, over a few series in turn.</summary>
internal sealed class HistogramSubject(Histogram<double> histogram, ThreeTags[] series, Action drain) : BatchSubject
{
    public override int RunBatch(int first)
    {
        for (var i = 0; i < BatchSize; i++)
        {
            RunOne(first + i);
        }

        return 0;
    }

    public override int RunOne(int number)
    {
        ref readonly var tags = ref series[number & (series.Length - 1)];
        histogram.Record((number & 1023) * 0.125, tags.Region, tags.Service, tags.Endpoint);
        return 0;
    }

    public override void Drain() => drain();
}

/// <summary>Reads what a recorder has left in its lanes, like a pump that does nothing with it.</summary>
internal struct RecordReader(StreamRecorder recorder) : IEntrySink
{
    /// <summary>So that reading is not for nothing.</summary>
    public double Sum { get; private set; }

    public bool Take(ReadOnlySpan<byte> entry)
    {
        var record = StreamRecord.Read(entry);
        if (recorder.Find(record.Series) is not null)
        {
            Sum += BitConverter.Int64BitsToDouble(record.Bits);
        }

        return true;
    }
}

/// <summary>Records with series that were looked up beforehand.</summary>
internal sealed class BoundSubject(StatsdSeries<double>[] series, Action drain) : BatchSubject
{
    public override int RunBatch(int first)
    {
        for (var i = 0; i < BatchSize; i++)
        {
            RunOne(first + i);
        }

        return 0;
    }

    public override int RunOne(int number)
    {
        series[number & (series.Length - 1)].Record((number & 1023) * 0.125);
        return 0;
    }

    public override void Drain() => drain();
}
