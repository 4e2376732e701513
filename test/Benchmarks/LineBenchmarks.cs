using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Text;

namespace Benchmarks;

/// <summary>
/// One line of three tags into a packet: an interpolated string, which is the baseline, against ours, of a series that is
/// cached and of one whose tags are sanitised and encoded for it.
/// </summary>
/// <remarks>Left out: reading the point, finding it in the cache, counting it. The interpolated string is not sanitised.</remarks>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[HideColumns("Error", "StdDev", "RatioSD", "Alloc Ratio")]
public class LineBenchmarks
{
    private const int Count = 1024;
    private const string Integers = "integer";
    private const string Decimals = "3 decimals";
    private const string Name = "http.server.requests";

    private readonly byte[] name = Encoding.UTF8.GetBytes(Name);
    private readonly byte[] packet = new byte[1432];
    private readonly byte[] scratch = new byte[2048];
    private readonly long[] integers = new long[Count];
    private readonly double[] decimals = new double[Count];
    private readonly KeyValuePair<string, object?>[][] tags = new KeyValuePair<string, object?>[Count][];
    private readonly byte[][] fragments = new byte[Count][];
    private readonly TagEncoder encoder = new(ReceiverProfile.DatadogAgent);

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(20100);
        for (var i = 0; i < Count; i++)
        {
            integers[i] = random.Next(1, 1_000_000);
            decimals[i] = random.Next(1, 10_000_000) / 1e3;
            tags[i] = [new("region", $"eu-west-{i % 7}"), new("service", $"checkout-{i % 13}"), new("endpoint", $"/api/items/{i}")];
            fragments[i] = Encode(tags[i]).ToArray();
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Integers)]
    public int InterpolatedInteger()
    {
        var total = 0;
        for (var i = 0; i < Count; i++)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{Name}:{integers[i]}|c|#{Text(tags[i])}");
            total += Encoding.UTF8.GetBytes(line, packet);
        }

        return total;
    }

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Integers)]
    public int CachedInteger()
    {
        var total = 0;
        for (var i = 0; i < Count; i++)
        {
            total += Write(integers[i], fragments[i]);
        }

        return total;
    }

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Integers)]
    public int UncachedInteger()
    {
        var total = 0;
        for (var i = 0; i < Count; i++)
        {
            total += Write(integers[i], Encode(tags[i]));
        }

        return total;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Decimals)]
    public int InterpolatedDecimals()
    {
        var total = 0;
        for (var i = 0; i < Count; i++)
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{Name}:{decimals[i]}|c|#{Text(tags[i])}");
            total += Encoding.UTF8.GetBytes(line, packet);
        }

        return total;
    }

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Decimals)]
    public int CachedDecimals()
    {
        var total = 0;
        for (var i = 0; i < Count; i++)
        {
            total += Write(decimals[i], fragments[i]);
        }

        return total;
    }

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Decimals)]
    public int UncachedDecimals()
    {
        var total = 0;
        for (var i = 0; i < Count; i++)
        {
            total += Write(decimals[i], Encode(tags[i]));
        }

        return total;
    }

    private static string Text(KeyValuePair<string, object?>[] tags) =>
        $"{tags[0].Key}:{tags[0].Value},{tags[1].Key}:{tags[1].Value},{tags[2].Key}:{tags[2].Value}";

    private int Write<TNumber>(TNumber value, ReadOnlySpan<byte> fragment)
        where TNumber : struct
    {
        LineWriter.TryWrite(packet, name, value, fragment, NumberForm.Shortest, out var written);
        return written;
    }

    private ReadOnlySpan<byte> Encode(KeyValuePair<string, object?>[] attributes)
    {
        "|c"u8.CopyTo(scratch);
        return scratch.AsSpan(0, 2 + encoder.Write(scratch.AsSpan(2), attributes, []));
    }
}
