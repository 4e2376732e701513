using static OpenTelemetry.Exporter.Prometheus.Tests.Parsing.ProtobufBytes;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

public sealed class ProtobufParserTests
{
    private const ulong Counter = 0;
    private const ulong Gauge = 1;
    private const ulong Summary = 2;
    private const ulong Untyped = 3;
    private const ulong Histogram = 4;

    private static readonly byte[] Level = Message(4, Message(2, Double(1, 1)));

    /// <summary>What is refused, and why.</summary>
    private static readonly (string Problem, byte[] Body)[] Wrong =
    [
        ("longer than what there is", [.. Family("a", Gauge, Level), 5]),
        ("longer than what there is", Family("a", Gauge, Level)[..^1]),
        ("ends within a number", [0x80]),
        ("more than 64 bits", [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]),
        ("ends within a number", [2, 0x09, 0x00]),
        ("illegal field number", [2, 0x00, 0x00]),
        ("wire type", [1, 0x0b]),
        ("field 1 twice", Family("a", Gauge, Text(1, "b"), Level)),
        ("field 2 twice", Family("a", Gauge, Text(2, "b"), Level)),
        ("field 3 twice", Family("a", Gauge, Unsigned(3, 0), Level)),
        ("field 5 twice", Family("a_s", Gauge, Text(5, "s"), Text(5, "s"), Level)),
        ("field 6 has no place", Family("a", Gauge, Text(6, "s"), Level)),
        ("wire type of field 5", Family("a", Gauge, Unsigned(5, 1), Level)),
        ("wire type of field 4", Family("a", Gauge, Unsigned(4, 1))),
        ("not UTF-8", Family("a", Gauge, Message(5, [0xff]), Level)),
        ("no type", [.. Varint(3), .. Text(1, "a")]),
        ("without use", Family("a", Summary, Level)),
        ("without use", Family("a", 5, Level)),
        ("illegal family name", Family("a.b", Gauge, Level)),
        ("illegal family name", Family("", Gauge, Level)),
        ("no help", [.. Varint((ulong)(5 + Level.Length)), .. Text(1, "a"), .. Unsigned(3, Gauge), .. Level]),
        ("no sample", Family("a", Gauge)),
        ("a unit that the name does not end with", Family("a_m", Gauge, Text(5, "s"), Level)),
        ("a unit that the name does not end with", Family("a__b_s", Gauge, Text(5, "b__s"), Level)),
        ("a unit that the name does not end with", Family("a_b__s", Gauge, Text(5, "b_s"), Level)),
        ("a unit that the name does not end with", Family("a_s__total", Counter, Text(5, "s"), Level)),
        ("a family twice", [.. Family("a", Gauge, Level), .. Family("a", Gauge, Message(4, Label("k", "v"), Message(2, Double(1, 1))))]),
        ("a series twice", Family("a", Gauge, Level, Level)),
        ("a sample name in two families", [.. Family("a", Histogram, Classic()), .. Family("a_sum", Gauge, Level)]),
        ("no value of the family's type", Family("a", Gauge, Message(4))),
        ("field 3 has no place", Family("a", Gauge, Message(4, Message(3, Double(1, 1))))),
        ("field 2 twice", Family("a", Gauge, Message(4, Message(2, Double(1, 1)), Message(2, Double(1, 1))))),
        ("field 6 has no place", Family("a", Gauge, Message(4, Message(2, Double(1, 1)), Unsigned(6, 1234)))),
        ("no value", Family("a", Gauge, Message(4, Message(2)))),
        ("wire type of field 1", Family("a", Gauge, Message(4, Message(2, Unsigned(1, 1))))),
        ("field 2 has no place", Family("a", Gauge, Message(4, Message(2, Double(1, 1), Unsigned(2, 1))))),
        ("illegal label name", Labelled(Label("k.x", "v"))),
        ("illegal label name", Labelled(Message(1, Text(2, "v")))),
        ("reserved label name", Labelled(Label("__k", "v"))),
        ("a label twice", Labelled(Label("k", "v"), Label("k", "w"))),
        ("field 3 has no place", Labelled(Message(1, Text(1, "k"), Text(3, "v")))),
        ("negative", Counting(Double(1, -1))),
        ("no number", Counting(Double(1, double.NaN))),
        ("field 4 has no place", Counting(Double(1, 1), Unsigned(4, 1))),
        ("nanoseconds", Counting(Double(1, 1), Message(3, Unsigned(1, 1), Unsigned(2, 1_000_000_000)))),
        ("more than 128 characters", Counting(Double(1, 1), Message(2, Label("k", new string('v', 128)), Double(2, 1)))),
        ("field 4 has no place", Counting(Double(1, 1), Message(2, Double(2, 1), Unsigned(4, 1)))),
        ("no count or no sum", Family("a", Histogram, Message(4, Message(7, Unsigned(1, 1))))),
        ("no count or no sum", Family("a", Histogram, Message(4, Message(7, Double(2, 1))))),
        ("le on a histogram", Family("a", Histogram, Message(4, Label("le", "1"), Message(7, Unsigned(1, 1), Double(2, 1))))),
        ("field 4 has no place", Family("a", Histogram, Classic(Double(4, 1)))),
        ("no bound", Family("a", Histogram, Classic(Message(3, Unsigned(1, 1))))),
        ("bounds that do not rise", Family("a", Histogram, Classic(Bucket(1, 1), Bucket(1, 1)))),
        ("counts that fall", Family("a", Histogram, Classic(Bucket(2, 1), Bucket(1, 2)))),
        ("more than the count", Family("a", Histogram, Classic(Bucket(4, 1)))),
        ("_count is not +Inf", Family("a", Histogram, Classic(Bucket(2, double.PositiveInfinity)))),
        ("an exemplar beyond its bucket", Family("a", Histogram, Classic(Bucket(1, 1, Message(3, Double(2, 1.5)))))),
        ("cannot be told", Family("a", Histogram, Classic(ZigZag(5, 3)))),
        ("unknown schema", Native(0, 0, ZigZag(5, 9), Span(12, 0, 0))),
        ("unknown schema", Native(0, 0, ZigZag(5, -5), Span(12, 0, 0))),
        ("more than 32 bits", Native(0, 0, ZigZag(5, 1L << 40), Span(12, 0, 0))),
        ("wire type of field 12", Native(0, 0, Unsigned(12, 1))),
        ("wire type Fixed64 of field 13", Native(0, 0, Span(12, 0, 1), Double(13, 0))),
        ("illegal zero threshold", Native(0, 0, Double(6, -1))),
        ("illegal zero threshold", Native(0, 0, Double(6, double.PositiveInfinity))),
        ("illegal zero threshold", Native(0, 0, Double(6, double.NaN))),
        ("field 8 has no place", Native(0, 0, Span(12, 0, 0), Double(8, 1))),
        ("field 11 has no place", Native(0, 0, Span(12, 0, 0), Double(11, 1))),
        ("do not add up", Native(2, 0, Unsigned(7, 1))),
        ("do not add up", Native(0, double.NaN, Unsigned(7, 1))),
        ("do not add up", Native(2, 1, Span(12, 0, 1), ZigZag(13, 1))),
        ("a span that goes back", Native(2, 1, Span(12, 0, 1), Span(12, -1, 1), ZigZag(13, 1), ZigZag(13, 0))),
        ("a span of no bucket", Native(1, 1, Span(12, 0, 1), Span(12, 0, 0), ZigZag(13, 1))),
        ("a span of no bucket", Native(0, 0, Span(12, 3, 0))),
        ("more buckets than deltas", Native(1, 1, Span(12, 0, 2), ZigZag(13, 1))),
        ("more deltas than buckets", Native(1, 1, Span(12, 0, 1), ZigZag(13, 1), ZigZag(13, 1))),
        ("a negative count", Native(0, 1, Span(12, 0, 2), ZigZag(13, 1), ZigZag(13, -2))),
        ("beyond all numbers", Native(1, 1, ZigZag(5, 0), Span(12, 1026, 1), ZigZag(13, 1))),
        ("beyond all numbers", Native(1, 1, ZigZag(5, 0), Span(12, -1075, 1), ZigZag(13, 1))),
        ("within the zero bucket", Native(1, 1, ZigZag(5, 0), Double(6, 2), Span(12, 1, 1), ZigZag(13, 1))),
        ("within the zero bucket", Native(1, 1, ZigZag(5, 0), Double(6, 2), Span(9, 1, 1), ZigZag(10, 1))),
        ("an exemplar without its time", Native(1, 0, Unsigned(7, 1), Message(16, Double(2, 0)))),
        ("field 3 has no place", Native(0, 0, Message(12, Unsigned(3, 1)))),
        ("a native histogram twice", Family("a", Histogram, NativeMetric(0, 0, Span(12, 0, 0)), NativeMetric(0, 0, Span(12, 0, 0)))),
    ];

    public static TheoryData<int> WrongExamples => [.. Enumerable.Range(0, Wrong.Length)];

    [Fact]
    public void Reads_bytes_written_by_hand()
    {
        var family = Assert.Single(ProtobufParser.Parse(Convert.FromHexString(
            "29" // 41 bytes
            + "0a0468697473" // name: hits
            + "1203416c6c" // help: All
            + "1800" // type: COUNTER
            + "221a" // metric, 26 bytes
            + "0a060a016b120176" // label: k, v
            + "1a10" // counter, 16 bytes
            + "09000000000000f83f" // value: 1.5
            + "1a050802108001"))); // created: 2 s, 128 ns

        Assert.Equal(("hits", "counter", "All", ""), (family.Name, family.Type, family.Help, family.Unit));
        var sample = Assert.Single(family.Samples);
        Assert.Equal(("hits", "v", 1.5, 2.000000128m), (sample.Name, sample.Labels["k"], sample.Value, sample.Created));
    }

    [Fact]
    public void Reads_each_type()
    {
        var families = ProtobufParser.Parse([
            .. Family("work_seconds_total", Counter, Text(5, "seconds"), Message(4, Message(
                3, Double(1, 4.25), Message(2, Label("trace_id", "t"), Double(2, 0.5), Message(3, Unsigned(1, 7), Unsigned(2, 500_000_000)))))),
            .. Family("level", Gauge, Message(4, Label("k", ""), Message(2, Double(1, double.NegativeInfinity)))),
            .. Family("any", Untyped, Message(4, Message(5, Double(1, double.NaN)))),
            .. Family("h", Histogram, Classic(Bucket(0, 0), Bucket(2, 1e6, Message(3, Double(2, 3))), Message(15, Unsigned(1, 9)))),
            .. Family("d__by__s__total", Counter, Text(5, "by_s"), Message(4, Message(3, Double(1, 4)))),
        ]);

        Assert.Equal(
            [("work_seconds_total", "counter", "seconds"), ("level", "gauge", ""), ("any", "unknown", ""), ("h", "histogram", ""), ("d__by__s__total", "counter", "by_s")],
            families.Select(family => (family.Name, family.Type, family.Unit)));
        var exemplar = families[0].Samples[0].Exemplar;
        Assert.NotNull(exemplar);
        Assert.Equal(("t", 0.5, 7.5m), (exemplar.Labels["trace_id"], exemplar.Value, exemplar.Timestamp));
        Assert.Equal([double.NegativeInfinity, double.NaN], families.Skip(1).Take(2).Select(family => family.Samples[0].Value));
        Assert.Equal(
            [("h_bucket", "0.0", 0), ("h_bucket", "1e+06", 2), ("h_bucket", "+Inf", 3), ("h_sum", null, 4.5), ("h_count", null, 3)],
            families[3].Samples.Select(sample => (sample.Name, sample.Labels.GetValueOrDefault("le"), sample.Value)));
        Assert.Equal(3, families[3].Samples[1].Exemplar!.Value);
        Assert.All(families[3].Samples, sample => Assert.Equal(9, sample.Created));
        Assert.Empty(families[3].NativeHistograms);
    }

    [Fact]
    public void Reads_native_histograms()
    {
        var family = Assert.Single(ProtobufParser.Parse(Native(
            12,
            -7,
            ZigZag(5, 1),
            Double(6, 0.125),
            Unsigned(7, 3),
            Span(9, 2, 1),
            ZigZag(10, 4),
            Span(12, -1, 2),
            Span(12, 3, 1),
            Message(13, Varint(2), Varint(4), Varint(3)), // packed: 1, 2, -2
            Message(15, Unsigned(1, 9)),
            Message(16, Label("trace_id", "t"), Double(2, 4), Message(3, Unsigned(1, 8))))));

        Assert.Empty(family.Samples);
        var histogram = Assert.Single(family.NativeHistograms);
        Assert.Equal((1, 0.125, 3UL, 12UL, -7d, 9m), (
            histogram.Schema, histogram.ZeroThreshold, histogram.ZeroCount, histogram.Count, histogram.Sum, histogram.Created));
        Assert.Equal(
            [
                new NativeBucket(-2, -Math.Sqrt(2), 4), new NativeBucket(0.5, Math.Sqrt(0.5), 1),
                new NativeBucket(Math.Sqrt(0.5), 1, 3), new NativeBucket(Math.Sqrt(8), 4, 1),
            ],
            histogram.Buckets);
        Assert.Equal(8, Assert.Single(histogram.Exemplars).Timestamp);
    }

    [Theory]
    [InlineData(8, 1, 1, 1.0027112750502025)]
    [InlineData(0, 3, 4, 8)]
    [InlineData(-1, 2, 4, 16)]
    [InlineData(-4, 1, 1, 65536)]
    [InlineData(-4, 64, 2.7430620343968443e+303, double.MaxValue)]
    [InlineData(0, 1024, 8.9884656743115795e307, double.MaxValue)]
    [InlineData(-4, 65, double.MaxValue, double.PositiveInfinity)]
    [InlineData(0, 1025, double.MaxValue, double.PositiveInfinity)]
    [InlineData(0, -1074, 0, double.Epsilon)]
    [InlineData(2, -4295, double.Epsilon, double.Epsilon)]
    public void Buckets_have_the_bounds_of_their_schema(int schema, int index, double lower, double upper)
    {
        var family = Assert.Single(ProtobufParser.Parse(Native(1, 1, ZigZag(5, schema), Span(12, index, 1), ZigZag(13, 1))));

        Assert.Equal(new NativeBucket(lower, upper, 1), Assert.Single(Assert.Single(family.NativeHistograms).Buckets));
    }

    [Fact]
    public void Native_histogram_may_have_classic_buckets_or_no_value_or_values_that_are_no_numbers()
    {
        var both = Assert.Single(ProtobufParser.Parse(Native(3, 4.5, Bucket(2, 1), Span(12, 0, 1), ZigZag(13, 3))));
        Assert.Single(both.NativeHistograms);
        Assert.Equal([2, 3, 4.5, 3], both.Samples.Select(sample => sample.Value));

        var empty = Assert.Single(ProtobufParser.Parse(Native(0, 0, ZigZag(5, 3), Span(12, 0, 0))));
        Assert.Empty(Assert.Single(empty.NativeHistograms).Buckets);

        var odd = Assert.Single(ProtobufParser.Parse(Native(3, double.NaN, Span(12, 0, 1), ZigZag(13, 2))));
        Assert.Equal(3UL, Assert.Single(odd.NativeHistograms).Count);
    }

    [Fact]
    public void Reads_names_of_any_characters_where_they_are_allowed()
    {
        var body = Family("my.level", Gauge, Message(4, Label("k.x", "é"), Message(2, Double(1, 1))));
        var family = Assert.Single(ProtobufParser.Parse(body, allowUtf8: true));

        Assert.Equal(("my.level", "é"), (family.Name, family.Samples[0].Labels["k.x"]));
    }

    [Fact]
    public void Empty_body_has_no_families() => Assert.Empty(ProtobufParser.Parse([]));

    [Theory]
    [MemberData(nameof(WrongExamples))]
    public void Refuses_what_is_wrong(int example)
    {
        var (problem, body) = Wrong[example];
        Assert.Contains(problem, Assert.Throws<FormatException>(() => ProtobufParser.Parse(body)).Message, StringComparison.Ordinal);
    }

    private static byte[] Labelled(params byte[][] labels) => Family("a", Gauge, Message(4, [.. labels, Message(2, Double(1, 1))]));

    private static byte[] Counting(params byte[][] fields) => Family("a", Counter, Message(4, Message(3, fields)));

    private static byte[] Bucket(ulong count, double bound, params byte[][] rest) => Message(3, [Unsigned(1, count), Double(2, bound), .. rest]);

    private static byte[] Classic(params byte[][] fields) => Message(4, Message(7, [Unsigned(1, 3), Double(2, 4.5), .. fields]));

    private static byte[] NativeMetric(ulong count, double sum, params byte[][] fields) =>
        Message(4, Message(7, [Unsigned(1, count), Double(2, sum), .. fields]));

    private static byte[] Native(ulong count, double sum, params byte[][] fields) => Family("a", Histogram, NativeMetric(count, sum, fields));
}
