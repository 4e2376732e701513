using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

public sealed class TextParserTests
{
    private const string Histogram = """
        # HELP h Help.
        # TYPE h histogram
        h_bucket{le="1"} 2
        h_bucket{le="+Inf"} 3
        h_sum 4.5
        h_count 3

        """;

    [Fact]
    public void Reads_families_samples_and_escapes()
    {
        var families = Parse("""
            # HELP a_total Both \\ and \n, "quoted".
            # TYPE a_total counter
            a_total{x="\"\\\n",y=""} 1
            a_total{x="{,} 1 #"} -2.5e-07
            # HELP u Odd.
            # TYPE u untyped
            u{v="+"} +Inf
            u{v="-"} -Inf
            u NaN

            """ + Histogram);

        Assert.Equal(
            [("a_total", "counter", "Both \\ and \n, \"quoted\"."), ("u", "unknown", "Odd."), ("h", "histogram", "Help.")],
            families.Select(family => (family.Name, family.Type, family.Help)));
        Assert.Equal(new Dictionary<string, string> { ["x"] = "\"\\\n", ["y"] = "" }, families[0].Samples[0].Labels);
        Assert.Equal("{,} 1 #", families[0].Samples[1].Labels["x"]);
        Assert.Equal([1, -2.5e-7], families[0].Samples.Select(sample => sample.Value));
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity, double.NaN], families[1].Samples.Select(sample => sample.Value));
        Assert.Equal([1, double.PositiveInfinity], families[2].Samples.Take(2).Select(sample => sample.UpperBound));
        Assert.Equal(["h_bucket", "h_bucket", "h_sum", "h_count"], families[2].Samples.Select(sample => sample.Name));
    }

    [Fact]
    public void Empty_body_has_no_families() => Assert.Empty(Parse(string.Empty));

    [Fact]
    public void Reads_names_in_quotes_where_they_are_allowed()
    {
        const string Body = """
            # HELP "my.metric" Dots.
            # TYPE "my.metric" gauge
            {"my.metric","k.x"="v",plain="w"} 1
            {"my.metric"} 2
            # HELP plain Plain.
            # TYPE plain gauge
            plain{"a \"b\" \\"="v"} 3

            """;
        var families = TextParser.Parse(Encoding.UTF8.GetBytes(Body), allowUtf8: true);

        Assert.Equal(["my.metric", "plain"], families.Select(family => family.Name));
        Assert.Equal(new Dictionary<string, string> { ["k.x"] = "v", ["plain"] = "w" }, families[0].Samples[0].Labels);
        Assert.Empty(families[0].Samples[1].Labels);
        Assert.Equal("v", families[1].Samples[0].Labels["a \"b\" \\"]);
        Assert.Contains("a name in quotes", Assert.Throws<FormatException>(() => Parse(Body)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# HELP \"a\" b\n# TYPE \"a\" gauge\na 1\n", "that needs none")]
    [InlineData("# HELP a.b c\n# TYPE a.b gauge\na.b 1\n", "expected")]
    [InlineData("# HELP a b\n# TYPE a gauge\n{\"a\"} 1\n", "that needs none")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{\"k\"=\"v\"} 1\n", "that needs none")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{\"k.\"=\"v\",\"k.\"=\"w\"} 1\n", "a label twice")]
    [InlineData("# HELP \"a.\" b\n# TYPE \"a.\" gauge\n{\"a.\",} 1\n", "illegal name")]
    [InlineData("# HELP \"a.\" b\n# TYPE \"a.\" gauge\n{\"\"} 1\n", "an empty name")]
    [InlineData("# HELP \"a.\" b\n# TYPE \"a.\" gauge\n{a=\"b\"} 1\n", "illegal name")]
    [InlineData("# HELP \"a. b\n# TYPE \"a. gauge\n", "do not end")]
    public void Refuses_wrong_names_in_quotes(string body, string problem)
    {
        var exception = Assert.Throws<FormatException>(() => TextParser.Parse(Encoding.UTF8.GetBytes(body), allowUtf8: true));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1", "no final line feed")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1\n\n", "illegal name")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1\r\n", "not a number")]
    [InlineData("# TYPE a gauge\na 1\n", "'# HELP ' expected")]
    [InlineData("a 1\n", "'# HELP ' expected")]
    [InlineData("# HELP a b\n", "HELP without TYPE")]
    [InlineData("# HELP a b\na 1\n", "'# TYPE ' expected")]
    [InlineData("# HELP a b\n# TYPE c gauge\nc 1\n", "differ in name")]
    [InlineData("# HELP a b\n# TYPE a summary\na 1\n", "unknown type")]
    [InlineData("# HELP a b\n# TYPE a gauge\n", "no sample")]
    [InlineData("# HELP a \n# TYPE a gauge\na 1\n", "no help")]
    [InlineData("# HELP a \\\"\n# TYPE a gauge\na 1\n", "unknown escape")]
    [InlineData("# HELP a \\\n# TYPE a gauge\na 1\n", "an escape at the end")]
    [InlineData("# HELP 1a b\n# TYPE 1a gauge\n1a 1\n", "illegal name")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1\nb 1\n", "a sample of another family")]
    [InlineData("# HELP a b\n# TYPE a gauge\na_count 1\n", "a sample of another family")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1 1234\n", "not a number")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1 # {t=\"x\"} 1\n", "not a number")]
    [InlineData("# HELP a b\n# TYPE a gauge\na  1\n", "not a number")]
    [InlineData("# HELP a b\n# TYPE a gauge\na .5\n", "not a number")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 0x10\n", "not a number")]
    [InlineData("# HELP a b\n# TYPE a gauge\na Infinity\n", "not a number")]
    [InlineData("# HELP a b\n# TYPE a gauge\na\n", "' ' expected")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{} 1\n", "illegal name")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k=\"v\",} 1\n", "illegal name")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k=\"v\" } 1\n", "'}' expected")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k=v} 1\n", "'=\"' expected")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k=\"v} 1\n", "do not end")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k=\"\\t\"} 1\n", "unknown escape")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k:l=\"v\"} 1\n", "'=\"' expected")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{__k=\"v\"} 1\n", "reserved")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k=\"v\",k=\"w\"} 1\n", "a label twice")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1\n# HELP a b\n# TYPE a gauge\na{k=\"v\"} 1\n", "a family twice")]
    [InlineData("# HELP a b\n# TYPE a gauge\na{k=\"v\",l=\"w\"} 1\na{l=\"w\",k=\"v\"} 1\n", "a series twice")]
    [InlineData("# HELP a b\n# TYPE a gauge\na 1\na{k=\"\"} 1\n", "a series twice")]
    [InlineData(Histogram + "# HELP h_sum b\n# TYPE h_sum gauge\nh_sum{k=\"v\"} 1\n", "a sample name in two families")]
    public void Refuses_what_the_format_does_not_allow(string body, string problem) => Refuses(body, problem);

    [Theory]
    [InlineData("h_bucket{le=\"+Inf\"} 3\n", "", "no bucket +Inf")]
    [InlineData("le=\"1\"", "le=\"NaN\"", "a bound that is no number")]
    [InlineData("le=\"1\"", "k=\"1\"", "a bucket without le")]
    [InlineData("h_sum 4.5", "h_sum{le=\"1\"} 4.5", "le not on a bucket")]
    [InlineData("h_bucket{le=\"1\"} 2", "h_bucket{le=\"1\"} 2\nh_bucket{le=\"0\"} 2", "bounds that do not rise")]
    [InlineData("h_bucket{le=\"1\"} 2", "h_bucket{le=\"1\"} 2\nh_bucket{le=\"1.0\"} 2", "bounds that do not rise")]
    [InlineData("h_bucket{le=\"1\"} 2", "h_bucket{le=\"1\"} 4", "counts that fall")]
    [InlineData("h_bucket{le=\"1\"} 2", "h_bucket{le=\"1\"} 1.5", "no natural number")]
    [InlineData("h_count 3", "h_count 2", "_count is not +Inf")]
    [InlineData("h_count 3\n", "", "no _count")]
    [InlineData("h_sum 4.5\n", "", "no _sum")]
    [InlineData("h_count 3", "h_count 3\nh 1", "a histogram with a value")]
    public void Refuses_inconsistent_histograms(string part, string replacement, string problem) =>
        Refuses(Histogram.Replace(part, replacement, StringComparison.Ordinal), problem);

    [Fact]
    public void Refuses_what_is_not_utf_8() => Assert.Contains(
        "not UTF-8",
        Assert.Throws<FormatException>(() => TextParser.Parse([.. "# HELP a "u8, 0xFF, .. "\n# TYPE a gauge\na 1\n"u8])).Message,
        StringComparison.Ordinal);

    private static List<Family> Parse(string body) => TextParser.Parse(Encoding.UTF8.GetBytes(body));

    private static void Refuses(string body, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => Parse(body)).Message, StringComparison.Ordinal);
}
