using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Text;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Text;

public class Utf8NumberTests
{
    private const byte Untouched = 0xEE;

    /// <summary>Powers of two to which the runtime (10.0) gives a digit less than reads back.</summary>
    private static readonly Dictionary<double, DecimalText> RuntimeErrors = new()
    {
        [Math.ScaleB(1, -25)] = new(false, 29802322387695312, -24),
        [Math.ScaleB(1, -958)] = new(false, 41045368012983762, -305),
    };

    private delegate bool Writer<in T>(Span<byte> destination, T value, out int written);

    public static TheoryData<string> Families => [.. Doubles.Families.Keys];

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0, "1")]
    [InlineData(-1.0, "-1")]
    [InlineData(0.1, "0.1")]
    [InlineData(-12.34, "-12.34")]
    [InlineData(100.0, "100")]
    [InlineData(0.05, "0.05")]
    [InlineData(1.0001, "1.0001")]
    [InlineData(0.00012, "0.00012")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(9007199254740993.0, "9007199254740992")]
    [InlineData(1e7, "10000000")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(123456789012345678901.0, "123456789012345680000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(-1.5e300, "-1.5e+300")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(1e-7, "0.0000001")]
    [InlineData(9.999999999999998e-8, "9.999999999999998e-8")]
    [InlineData(1.5e-9, "1.5e-9")]
    [InlineData(1e23, "1e+23")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.Epsilon, "5e-324")]
    public void A_double_is_laid_out_like_this(double value, string expected) => Assert.Equal(expected, Text(value));

    [Fact]
    public void Negative_zero_has_no_sign()
    {
        Assert.Equal("0", Text(-0.0));
        Assert.Equal("0", PlainText(-0.0));
    }

    [Fact]
    public void The_plain_form_spells_out_every_zero()
    {
        Assert.Equal("1" + new string('0', 21), PlainText(1e21));
        Assert.Equal("-17976931348623157" + new string('0', 292), PlainText(double.MinValue));
        Assert.Equal("0." + new string('0', 323) + "5", PlainText(double.Epsilon));
        Assert.Equal("-0." + new string('0', 8) + "15", PlainText(-1.5e-9));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Doubles_are_the_runtimes_digits_and_read_back(string family)
    {
        foreach (var value in Doubles.Families[family]())
        {
            AssertDigitsOfTheRuntime(value);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(300)]
    [InlineData(400)]
    public void Any_bits_are_the_runtimes_digits_and_read_back(int seed)
    {
        foreach (var value in Doubles.AnyBits(seed, 500_000))
        {
            AssertDigitsOfTheRuntime(value);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Doubles_keep_to_the_grammar_and_to_the_destination(string family)
    {
        // A prime step, so that no position within a family's pattern is left out.
        foreach (var value in Doubles.Families[family]().Where((_, i) => i % 23 == 0))
        {
            var text = Text(value);
            var plain = PlainText(value);
            var scientific = Math.Abs(value) is not (0 or (>= 1e-7 and < 1e21));
            Assert.Matches(scientific ? DecimalText.Scientific : DecimalText.Plain, text);
            Assert.Matches(DecimalText.Plain, plain);
            Assert.Equal(value < 0, text[0] == '-');
            Assert.Equal(scientific, text != plain);
            AssertKeepsToTheDestination(Utf8Number.TryWrite, value, text, [text.Length - 1]);
            AssertKeepsToTheDestination(Utf8Number.TryWritePlain, value, plain, [plain.Length - 1]);
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-7.0)]
    [InlineData(1234567.0)]
    [InlineData(-12.3456)]
    [InlineData(0.3)]
    [InlineData(-123.45678901234567)]
    [InlineData(-0.000012345678901234567)]
    [InlineData(-1.2345678901234567e20)]
    [InlineData(-4e+200)]
    [InlineData(-1.2345678901234567e-100)]
    public void Every_shorter_destination_is_refused(double value)
    {
        AssertKeepsToTheDestination(Utf8Number.TryWrite, value, Text(value), Enumerable.Range(0, Text(value).Length));
        AssertKeepsToTheDestination(Utf8Number.TryWritePlain, value, PlainText(value), Enumerable.Range(0, PlainText(value).Length));
    }

    [Fact]
    public void The_longest_numbers_have_the_promised_lengths()
    {
        Assert.Equal(Utf8Number.MaxInt64Bytes, long.MinValue.ToString(CultureInfo.InvariantCulture).Length);
        Assert.Equal(Utf8Number.MaxInt64Bytes, ulong.MaxValue.ToString(CultureInfo.InvariantCulture).Length);
        Assert.Equal(Utf8Number.MaxDoubleBytes, Text(-1.2345678901234567e-7).Length);
        Assert.Equal(Utf8Number.MaxPlainDoubleBytes, PlainText(-2.2250738585072014e-308).Length);
    }

    [Fact]
    public void Integers_are_those_of_the_runtime_and_keep_to_the_destination()
    {
        var powers = Enumerable.Range(0, 20).Select(e => (ulong)Math.Pow(10, e)).Concat(Enumerable.Range(0, 64).Select(e => 1UL << e));
        foreach (var value in powers.SelectMany(p => new[] { p - 1, p, p + 1 }).Append(ulong.MaxValue))
        {
            AssertInteger(value);
            AssertInteger((long)value);
            AssertInteger(-(long)value);
        }
    }

    [Fact]
    public void Any_integer_is_that_of_the_runtime()
    {
        var longs = ArbMap.Default.ArbFor<long>();
        Prop.ForAll(longs, ArbMap.Default.ArbFor<byte>(), (value, shift) => AssertInteger(value * 0x9E3779B97F4A7C1 >> (shift % 64)))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_double_either_fits_or_is_refused()
    {
        var rooms = Gen.Choose(0, 40).ToArbitrary();
        Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), rooms, (number, room) =>
        {
            var text = Text(number.Get);
            AssertKeepsToTheDestination(Utf8Number.TryWrite, number.Get, text, Enumerable.Range(0, Math.Min(room, text.Length)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_thread_allocates_nothing()
    {
        var debuggable = typeof(Utf8Number).Assembly.GetCustomAttribute<DebuggableAttribute>();
        Assert.SkipWhen(debuggable is { IsJITOptimizerDisabled: true }, "Without optimisation, a span over constants allocates.");

        var buffer = new byte[Utf8Number.MaxPlainDoubleBytes];
        double[] values = [0, -1.5, 1e15, 1.0 / 3, 1e300, 1e-300];
        Assert.Equal(0, Allocated.AtLeastBy(() =>
        {
            foreach (var value in values)
            {
                Utf8Number.TryWrite(buffer, value, out _);
                Utf8Number.TryWritePlain(buffer, value, out _);
                Utf8Number.TryWrite(buffer, (long)value, out _);
            }
        }));
    }

    private static void AssertDigitsOfTheRuntime(double value)
    {
        Span<byte> buffer = stackalloc byte[Utf8Number.MaxPlainDoubleBytes];
        Assert.True(value.TryFormat(buffer, out var length, "R", CultureInfo.InvariantCulture));
        var expected = DecimalText.Read(buffer[..length]) with { Negative = value < 0 };
        if (double.Parse(buffer[..length], CultureInfo.InvariantCulture) != value)
        {
            Assert.Contains(Math.Abs(value), RuntimeErrors);
            expected = RuntimeErrors[Math.Abs(value)] with { Negative = value < 0 };
        }

        Assert.True(Utf8Number.TryWritePlain(buffer, value, out var plain));
        Equal(value, expected, DecimalText.Read(buffer[..plain]));
        Assert.True(Utf8Number.TryWrite(buffer[..Utf8Number.MaxDoubleBytes], value, out var written));
        Equal(value, expected, DecimalText.Read(buffer[..written]));

        // "+ 0" turns negative zero, which is written without its sign, into zero.
        Equal(value, value + 0, double.Parse(buffer[..written], CultureInfo.InvariantCulture));
    }

    private static void AssertInteger(long value) =>
        AssertInteger(Utf8Number.TryWrite, value, value.ToString(CultureInfo.InvariantCulture));

    private static void AssertInteger(ulong value) =>
        AssertInteger(Utf8Number.TryWrite, value, value.ToString(CultureInfo.InvariantCulture));

    private static void AssertInteger<T>(Writer<T> write, T value, string expected)
    {
        Assert.Equal(expected, Text(write, value));
        AssertKeepsToTheDestination(write, value, expected, Enumerable.Range(0, expected.Length));
    }

    /// <summary>An exact fit succeeds and touches nothing else; a destination of one of the shorter lengths is refused.</summary>
    private static void AssertKeepsToTheDestination<T>(Writer<T> write, T value, string expected, IEnumerable<int> shorter)
    {
        const int Margin = 24;
        Span<byte> memory = stackalloc byte[Margin + Utf8Number.MaxPlainDoubleBytes + Margin];
        foreach (var length in shorter)
        {
            memory.Fill(Untouched);
            Assert.False(write(memory.Slice(Margin, length), value, out var none));
            Assert.Equal(0, none);
            Assert.False(memory.ContainsAnyExcept(Untouched));
        }

        memory.Fill(Untouched);
        Assert.True(write(memory.Slice(Margin, expected.Length), value, out var written));
        Assert.Equal(expected, Encoding.ASCII.GetString(memory.Slice(Margin, written)));
        Assert.False(memory[..Margin].ContainsAnyExcept(Untouched));
        Assert.False(memory[(Margin + written)..].ContainsAnyExcept(Untouched));

        // With room to spare, what is past the text is left alone too.
        memory.Fill(Untouched);
        Assert.True(write(memory[Margin..], value, out written));
        Assert.False(memory[(Margin + written)..].ContainsAnyExcept(Untouched));
    }

    private static void Equal<T>(double value, T expected, T actual)
        where T : IEquatable<T>
    {
        // Assert.Equal costs more than the code under test.
        if (!expected.Equals(actual))
        {
            Assert.Fail($"{value:R} (bits {BitConverter.DoubleToUInt64Bits(value):X16}): expected {expected}, got {actual}");
        }
    }

    private static string Text(double value) => Text(Utf8Number.TryWrite, value);

    private static string PlainText(double value) => Text(Utf8Number.TryWritePlain, value);

    private static string Text<T>(Writer<T> write, T value)
    {
        Span<byte> buffer = stackalloc byte[Utf8Number.MaxPlainDoubleBytes];
        Assert.True(write(buffer, value, out var written));
        return Encoding.ASCII.GetString(buffer[..written]);
    }
}
