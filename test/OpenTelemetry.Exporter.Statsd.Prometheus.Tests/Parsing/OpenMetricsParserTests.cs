using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

public sealed class OpenMetricsParserTests
{
    private const string Good = """
        # TYPE target info
        # HELP target Who.
        target_info{service_name="shop"} 1
        # TYPE work_seconds counter
        # UNIT work_seconds seconds
        # HELP work_seconds Say \"hi\"\\\n.
        work_seconds_total{k="a"} 4.25 # {trace_id="4bf92f"} 0.5 1700000000.123456789
        work_seconds_created{k="a"} 1699999999.5
        work_seconds_total{k="b"} 1 # {} 2
        # TYPE level gauge
        level -3
        # TYPE any unknown
        any NaN
        # TYPE h histogram
        h_bucket{le="0.0"} 0
        h_bucket{le="1.0"} 2 # {a="b",c="d"} 1
        h_bucket{le="1e+06"} 2
        h_bucket{le="+Inf"} 3
        h_count 3
        h_sum 4.5
        h_created 7
        # TYPE below histogram
        below_bucket{le="-1.0"} 1
        below_bucket{le="+Inf"} 1
        # EOF

        """;

    [Fact]
    public void Reads_each_type()
    {
        var families = Parse(Good);

        Assert.Equal(
            [
                ("target", "info", "Who.", ""), ("work_seconds", "counter", "Say \"hi\"\\\n.", "seconds"), ("level", "gauge", "", ""),
                ("any", "unknown", "", ""), ("h", "histogram", "", ""), ("below", "histogram", "", ""),
            ],
            families.Select(family => (family.Name, family.Type, family.Help, family.Unit)));
        Assert.Equal(["work_seconds_total", "work_seconds_total"], families[1].Samples.Select(sample => sample.Name));
        Assert.Equal([4.25, 1], families[1].Samples.Select(sample => sample.Value));
        Assert.Equal([1699999999.5m, null], families[1].Samples.Select(sample => sample.Created));
        Assert.Equal([7m, 7m, 7m, 7m, 7m, 7m], families[4].Samples.Select(sample => sample.Created ?? 0));
        var exemplar = families[1].Samples[0].Exemplar;
        Assert.NotNull(exemplar);
        Assert.Equal(("4bf92f", 0.5, 1700000000.123456789m), (exemplar.Labels["trace_id"], exemplar.Value, exemplar.Timestamp));
        var unlabelled = families[1].Samples[1].Exemplar;
        Assert.NotNull(unlabelled);
        Assert.Equal((0, 2d, null), (unlabelled.Labels.Count, unlabelled.Value, unlabelled.Timestamp));
        Assert.Equal("d", families[4].Samples[1].Exemplar!.Labels["c"]);
        Assert.Equal([0, 1, 1e6, double.PositiveInfinity], families[4].Samples.Take(4).Select(sample => sample.UpperBound));
    }

    [Fact]
    public void Nothing_but_the_end_is_an_exposition() => Assert.Empty(Parse("# EOF\n"));

    [Fact]
    public void Reads_names_in_quotes_where_they_are_allowed()
    {
        const string Body = """
            # TYPE "my.work_seconds" counter
            # UNIT "my.work_seconds" seconds
            {"my.work_seconds_total","k.x"="v"} 1 # {"trace.id"="t"} 1
            {"my.work_seconds_created","k.x"="v"} 2
            # EOF

            """;
        var sample = Assert.Single(Assert.Single(OpenMetricsParser.Parse(Encoding.UTF8.GetBytes(Body), allowUtf8: true)).Samples);

        Assert.Equal(("my.work_seconds_total", "v", "t", 2m), (sample.Name, sample.Labels["k.x"], sample.Exemplar!.Labels["trace.id"], sample.Created));
        Refuses(Body, "a name in quotes");
    }

    [Theory]
    [InlineData("", "no EOF")]
    [InlineData("# TYPE a gauge\na 1\n", "no EOF")]
    [InlineData("# TYPE a gauge\na 1\n# EOF", "no final line feed")]
    [InlineData("# TYPE a gauge\na 1\n# EOF\n# EOF\n", "not metadata")]
    [InlineData("# EOF\n# TYPE a gauge\na 1\n", "no EOF")]
    [InlineData("# TYPE a gauge\na 1\n\n# EOF\n", "illegal name")]
    [InlineData("# TYPE a gauge\na 1\n# EOF\n\n", "no EOF")]
    [InlineData("\n# EOF\n", "without a type")]
    [InlineData("\ufeff# TYPE a gauge\na 1\n# EOF\n", "without a type")]
    [InlineData("# TYPE a gauge\r\na 1\r\n# EOF\n", "not a number")]
    [InlineData("# a comment\n# EOF\n", "not metadata")]
    [InlineData("#TYPE a gauge\na 1\n# EOF\n", "expected")]
    [InlineData("a 1\n# EOF\n", "without a type")]
    [InlineData("# HELP a b\na 1\n# EOF\n", "without a type")]
    [InlineData("# TYPE a gauge\n# EOF\n", "no sample")]
    [InlineData("# TYPE a gauge\n# TYPE a gauge\na 1\n# EOF\n", "metadata twice")]
    [InlineData("# TYPE a gauge\n# HELP a b\n# HELP a b\na 1\n# EOF\n", "metadata twice")]
    [InlineData("# TYPE a_s gauge\n# UNIT a_s s\n# UNIT a_s s\na_s 1\n# EOF\n", "metadata twice")]
    [InlineData("# TYPE a gauge\n# HELP b c\na 1\n# EOF\n", "metadata of another family")]
    [InlineData("# TYPE a gauge\na 1\n# HELP a b\n# EOF\n", "without a type")]
    [InlineData("# TYPE a gauge\n# HELP a \na 1\n# EOF\n", "empty metadata")]
    [InlineData("# TYPE a gauge\n# HELP a\na 1\n# EOF\n", "' ' expected")]
    [InlineData("# TYPE a gauge\n# HELP a say \"hi\"\na 1\n# EOF\n", "a quote that is not escaped")]
    [InlineData("# TYPE a gauge\n# HELP a \\t\na 1\n# EOF\n", "unknown escape")]
    [InlineData("# TYPE a untyped\na 1\n# EOF\n", "unknown type")]
    [InlineData("# TYPE a gauge \na 1\n# EOF\n", "unknown type")]
    [InlineData("# TYPE a_s gauge\n# UNIT a_s seconds\na_s 1\n# EOF\n", "a unit that the name does not end with")]
    [InlineData("# TYPE as gauge\n# UNIT as s\nas 1\n# EOF\n", "a unit that the name does not end with")]
    [InlineData("# TYPE a_s gauge\n# UNIT a_s s \na_s 1\n# EOF\n", "illegal unit")]
    [InlineData("# TYPE a_s info\n# UNIT a_s s\na_s_info 1\n# EOF\n", "an info with a unit")]
    public void Refuses_wrong_structure(string body, string problem) => Refuses(body, problem);

    [Theory]
    [InlineData("# TYPE a counter\na 1\n", "a sample of another family")]
    [InlineData("# TYPE a counter\na_total -1\n", "negative")]
    [InlineData("# TYPE a counter\na_total NaN\n", "no number")]
    [InlineData("# TYPE a counter\na_created 1\n", "no _total")]
    [InlineData("# TYPE a counter\na_total 1\na_created NaN\n", "_created that is no time")]
    [InlineData("# TYPE a counter\na_total 1\na_created 1e9\n", "_created that is no time")]
    [InlineData("# TYPE a gauge\na_total 1\n", "a sample of another family")]
    [InlineData("# TYPE a info\na 1\n", "a sample of another family")]
    [InlineData("# TYPE a info\na_info 2\n", "an info that is not 1")]
    [InlineData("# TYPE a unknown\na_total 1\n", "a sample of another family")]
    [InlineData("# TYPE a gauge\na 1 1234\n", "something follows")]
    [InlineData("# TYPE a gauge\na  1\n", "nothing between spaces")]
    [InlineData("# TYPE a gauge\na \n", "nothing between spaces")]
    [InlineData("# TYPE a gauge\na 1 \n", "something follows")]
    [InlineData("# TYPE a gauge\na 0x1\n", "not a number")]
    [InlineData("# TYPE a gauge\na inf\n", "not a number")]
    [InlineData("# TYPE a gauge\na{} 1\n", "illegal name")]
    [InlineData("# TYPE a gauge\na{k=\"v\",} 1\n", "illegal name")]
    [InlineData("# TYPE a gauge\na{k=\"v\",k=\"v\"} 1\n", "a label twice")]
    [InlineData("# TYPE a gauge\na{__k=\"v\"} 1\n", "reserved")]
    [InlineData("# TYPE a.b gauge\na.b 1\n", "' ' expected")]
    [InlineData("# TYPE a gauge\na 1\na 2\n", "a series twice")]
    [InlineData("# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{k=\"v\"} 1\n", "a family twice")]
    [InlineData("# TYPE a gauge\na 1\n# TYPE b gauge\na{k=\"v\"} 1\n", "a sample of another family")]
    [InlineData("# TYPE a counter\na_total 1\n# TYPE a_total gauge\na_total{k=\"v\"} 1\n", "a sample name in two families")]
    [InlineData("# TYPE a_created gauge\na_created 1\n# TYPE a counter\na_total 1\n", "a sample name in two families")]
    [InlineData("# TYPE a counter\na_total{k=\"1\"} 1\na_total{k=\"2\"} 1\na_created{k=\"1\"} 1\n", "points that are interleaved")]
    public void Refuses_wrong_samples(string body, string problem) => Refuses(body + "# EOF\n", problem);

    [Theory]
    [InlineData("# TYPE a gauge\na 1 # {k=\"v\"} 1\n", "an exemplar on something else")]
    [InlineData("# TYPE a info\na_info 1 # {k=\"v\"} 1\n", "an exemplar on something else")]
    [InlineData("# TYPE a counter\na_total 1\na_created 1 # {k=\"v\"} 1\n", "an exemplar on something else")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1 # {k=\"v\"} 1\na_count 1\n", "an exemplar on something else")]
    [InlineData("# TYPE a histogram\na_bucket{le=\"1.0\"} 1 # {k=\"v\"} 1.5\na_bucket{le=\"+Inf\"} 1\n", "an exemplar beyond its bucket")]
    [InlineData("# TYPE a counter\na_total 1 #\n", "something follows")]
    [InlineData("# TYPE a counter\na_total 1 #{k=\"v\"} 1\n", "something follows")]
    [InlineData("# TYPE a counter\na_total 1# {k=\"v\"} 1\n", "something follows")]
    [InlineData("# TYPE a counter\na_total 1 # {k=\"v\"}1\n", "' ' expected")]
    [InlineData("# TYPE a counter\na_total 1 # {k=\"v\"} x\n", "not a number")]
    [InlineData("# TYPE a counter\na_total 1 # {k=\"v\"} 1 \n", "nothing between spaces")]
    [InlineData("# TYPE a counter\na_total 1 # {k=\"v\"} 1 NaN\n", "not a time")]
    [InlineData("# TYPE a counter\na_total 1 # {k=\"v\"} 1 1e9\n", "not a time")]
    [InlineData("# TYPE a counter\na_total 1 # {k=\"v\"} 1 2 3\n", "something follows")]
    [InlineData("# TYPE a counter\na_total 1 # {k=\"v\",k=\"w\"} 1\n", "a label twice")]
    public void Refuses_wrong_exemplars(string body, string problem) => Refuses(body + "# EOF\n", problem);

    [Theory]
    [InlineData("a", 127, true)]
    [InlineData("a", 128, false)]
    [InlineData("\ud83d\ude00", 127, true)]
    [InlineData("\ud83d\ude00", 128, false)]
    public void Exemplars_have_128_characters_at_most(string character, int count, bool isLegal)
    {
        var body = $"# TYPE a counter\na_total 1 # {{k=\"{string.Concat(Enumerable.Repeat(character, count))}\"}} 1\n# EOF\n";
        if (isLegal)
        {
            Parse(body);
        }
        else
        {
            Refuses(body, "more than 128 characters");
        }
    }

    [Theory]
    [InlineData("h_bucket{le=\"+Inf\"} 3\n", "", "no bucket +Inf")]
    [InlineData("le=\"1.0\"", "le=\"1\"", "a bound that is not canonical")]
    [InlineData("le=\"1e+06\"", "le=\"1000000.0\"", "a bound that is not canonical")]
    [InlineData("le=\"+Inf\"", "le=\"Inf\"", "not a number")]
    [InlineData("le=\"0.0\"", "le=\"2.0\"", "bounds that do not rise")]
    [InlineData("le=\"0.0\"", "le=\"1.0\"", "bounds that do not rise")]
    [InlineData("le=\"0.0\"} 0", "le=\"0.0\"} 3", "counts that fall")]
    [InlineData("le=\"0.0\"} 0", "le=\"0.0\"} -1", "no natural number")]
    [InlineData("h_count 3", "h_count 2", "_count is not +Inf")]
    [InlineData("h_count 3\n", "", "one of _sum and _count")]
    [InlineData("h_sum 4.5\n", "", "one of _sum and _count")]
    [InlineData("h_sum 4.5", "h_sum -1", "a sum that is negative")]
    [InlineData("h_sum 4.5", "h_sum NaN", "no number")]
    [InlineData("h_sum 4.5", "h_sum 4.5\nh_sum 4.5", "a series twice")]
    [InlineData("h_sum 4.5", "h 4.5", "a sample of another family")]
    [InlineData("h_bucket{le=\"1.0\"}", "h_count 3\nh_bucket{le=\"1.0\"}", "buckets that are interleaved")]
    [InlineData("h_bucket{le=\"+Inf\"} 3", "h_bucket{le=\"+Inf\"} 3\nh_bucket{k=\"v\",le=\"+Inf\"} 3", "points that are interleaved")]
    [InlineData("below_bucket{le=\"+Inf\"} 1", "below_bucket{le=\"+Inf\"} 1\nbelow_sum 1\nbelow_count 1", "although a bound is negative")]
    public void Refuses_inconsistent_histograms(string part, string replacement, string problem) =>
        Refuses(Good.Replace(part, replacement, StringComparison.Ordinal), problem);

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(1, "1.0")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(100000, "100000.0")]
    [InlineData(123456.75, "123456.75")]
    [InlineData(1000000, "1e+06")]
    [InlineData(1234567, "1.234567e+06")]
    [InlineData(1e100, "1e+100")]
    [InlineData(5.758609657015292e+163, "5.758609657015292e+163")]
    [InlineData(double.Epsilon, "5e-324")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void Canonical_numbers(double value, string expected) => Assert.Equal(expected, Number.Canonical(value));

    private static List<Family> Parse(string body) => OpenMetricsParser.Parse(Encoding.UTF8.GetBytes(body));

    private static void Refuses(string body, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => Parse(body)).Message, StringComparison.Ordinal);
}
