using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using OpenTelemetry.Exporter.Statsd.Text;

namespace Benchmarks;

/// <summary>A number into UTF-8: the runtime's formatter, which is the baseline, against ours.</summary>
[MemoryDiagnoser]
[CategoriesColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class NumberBenchmarks
{
    private const int Count = 1024;
    private const string Integers = "integer";
    private const string Whole = "whole double";
    private const string Decimals = "3 decimals";
    private const string Digits = "17 digits";
    private const string Bits = "any bits";
    private const string Plain = "plain";

    private readonly byte[] buffer = new byte[Utf8Number.MaxPlainDoubleBytes];
    private readonly long[] integers = new long[Count];
    private readonly double[] whole = new double[Count];
    private readonly double[] decimals = new double[Count];
    private readonly double[] digits = new double[Count];
    private readonly double[] bits = new double[Count];
    private readonly double[] rates = new double[Count];

    private interface IFormat<T>
    {
        static abstract bool TryWrite(Span<byte> destination, T value, out int written);
    }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(20100);
        for (var i = 0; i < Count; i++)
        {
            this.integers[i] = random.Next(1_000_000);
            this.whole[i] = random.Next(1_000_000);
            this.decimals[i] = random.Next(1_000_000) / 1e3;
            this.digits[i] = random.NextDouble() * 1e3;
            do
            {
                this.bits[i] = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            }
            while (!double.IsFinite(this.bits[i]));

            // The runtime writes these without an exponent too.
            this.rates[i] = 1.0 / random.Next(1, 100_000);
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Integers)]
    public int IntegerRuntime() => this.Write<Runtime, long>(this.integers);

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Integers)]
    public int IntegerOurs() => this.Write<Ours, long>(this.integers);

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Whole)]
    public int WholeRuntime() => this.Write<Runtime, double>(this.whole);

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Whole)]
    public int WholeOurs() => this.Write<Ours, double>(this.whole);

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Decimals)]
    public int DecimalsRuntime() => this.Write<Runtime, double>(this.decimals);

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Decimals)]
    public int DecimalsOurs() => this.Write<Ours, double>(this.decimals);

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Digits)]
    public int DigitsRuntime() => this.Write<Runtime, double>(this.digits);

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Digits)]
    public int DigitsOurs() => this.Write<Ours, double>(this.digits);

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Bits)]
    public int BitsRuntime() => this.Write<Runtime, double>(this.bits);

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Bits)]
    public int BitsOurs() => this.Write<Ours, double>(this.bits);

    [Benchmark(Baseline = true, OperationsPerInvoke = Count), BenchmarkCategory(Plain)]
    public int PlainRuntime() => this.Write<Runtime, double>(this.rates);

    [Benchmark(OperationsPerInvoke = Count), BenchmarkCategory(Plain)]
    public int PlainOurs() => this.Write<OursPlain, double>(this.rates);

    private int Write<TFormat, T>(T[] values)
        where TFormat : IFormat<T>
    {
        var total = 0;
        foreach (var value in values)
        {
            TFormat.TryWrite(this.buffer, value, out var written);
            total += written;
        }

        return total;
    }

    private readonly struct Runtime : IFormat<long>, IFormat<double>
    {
        public static bool TryWrite(Span<byte> destination, long value, out int written) =>
            value.TryFormat(destination, out written, default, CultureInfo.InvariantCulture);

        public static bool TryWrite(Span<byte> destination, double value, out int written) =>
            value.TryFormat(destination, out written, default, CultureInfo.InvariantCulture);
    }

    private readonly struct Ours : IFormat<long>, IFormat<double>
    {
        public static bool TryWrite(Span<byte> destination, long value, out int written) =>
            Utf8Number.TryWrite(destination, value, out written);

        public static bool TryWrite(Span<byte> destination, double value, out int written) =>
            Utf8Number.TryWrite(destination, value, out written);
    }

    private readonly struct OursPlain : IFormat<double>
    {
        public static bool TryWrite(Span<byte> destination, double value, out int written) =>
            Utf8Number.TryWritePlain(destination, value, out written);
    }
}
