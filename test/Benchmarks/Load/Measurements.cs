using System.Diagnostics.Metrics;

namespace Benchmarks.Load;

/// <summary>What is recorded again and again: doubles with up to three decimals, three tags, 64 series. Their sum is known without adding them up.</summary>
internal sealed class Measurements
{
    public const int Series = 64;
    private const int Period = 1024;

    private static readonly long[] Thousandths = [.. Enumerable.Range(0, Period).Select(i => 1 + (i * 7919L % 99_999))];
    private static readonly double[] Values = [.. Thousandths.Select(value => value / 1000.0)];

    private readonly Histogram<double> histogram;
    private readonly KeyValuePair<string, object?>[] routes = [.. Enumerable.Range(0, Series).Select(i => KeyValuePair.Create<string, object?>("route", $"/api/items/{i}"))];
    private readonly KeyValuePair<string, object?> method = new("method", "GET");
    private readonly KeyValuePair<string, object?> status = new("status", "200");

    public Measurements(Histogram<double> histogram) => this.histogram = histogram;

    /// <summary>Records the measurement of this number.</summary>
    public void Record(long number) => histogram.Record(Values[number % Period], method, routes[number % Series], status);

    /// <summary>The sum of the first so many, in thousandths.</summary>
    public static long SumOf(long count) => (count / Period * Thousandths.Sum()) + Thousandths.Take((int)(count % Period)).Sum();
}
