using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Emf;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

public class CloudWatchTextTests
{
    [Theory]
    [InlineData("GET /a%20b?c=d&e=~", "GET /a%20b?c=d&e=~")]
    [InlineData("100 %", "100 %")]
    [InlineData("%c3%bc", "%c3%bc")]
    [InlineData(" a ", " a ")]
    public void Visible_ascii_stays_as_it_is(string text, string expected)
    {
        Assert.Equal(new(expected, Alterations.None), CloudWatchText.DimensionValue(text));
        Assert.Equal(new(expected, Alterations.None), CloudWatchText.DimensionName(text));
        Assert.Equal(new(expected, Alterations.None), CloudWatchText.MetricName(text));
    }

    [Theory]
    [InlineData("Z\u00fcrich", "Z%C3%BCrich")]
    [InlineData("\u6771\u4eac", "%E6%9D%B1%E4%BA%AC")]
    [InlineData("\U0001f600!", "%F0%9F%98%80!")]
    [InlineData("a\tb\r\n\0\u007f\u0085\u00a0", "a%09b%0D%0A%00%7F%C2%85%C2%A0")]
    [InlineData("\ufffd", "%EF%BF%BD")]
    [InlineData("\t", "%09")]
    public void Anything_else_is_percent_encoded(string text, string expected)
    {
        Assert.Equal(new(expected, Alterations.NonAscii), CloudWatchText.DimensionValue(text));
        Assert.Equal(new(expected, Alterations.NonAscii), CloudWatchText.DimensionName(text));
        Assert.Equal(new(expected, Alterations.NonAscii), CloudWatchText.MetricName(text));
    }

    /// <summary>No inline data: an attribute's texts are UTF-8, which has no lone surrogates.</summary>
    [Fact]
    public void Lone_surrogates_are_told_apart() =>
        Assert.Equal(new("%ED%A0%80%F4%8F%B0%80%ED%BF%BF", Alterations.NonAscii), CloudWatchText.DimensionValue("\ud800\udbff\udc00\udfff"));

    [Theory]
    [InlineData("Z%C3%BCrich", "Z%25C3%25BCrich")]
    [InlineData("%25", "%2525")]
    [InlineData("%%7F%0A%1", "%%257F%250A%1")]
    public void What_looks_encoded_is_told_from_what_was(string text, string expected) =>
        Assert.Equal(new(expected, Alterations.NonAscii), CloudWatchText.DimensionValue(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("    ")]
    public void Blank_dimensions_are_none(string? text)
    {
        Assert.Equal(new(string.Empty, Alterations.BlankDimension), CloudWatchText.DimensionValue(text));
        Assert.Equal(new(string.Empty, Alterations.BlankDimension), CloudWatchText.DimensionName(text ?? string.Empty));
    }

    [Fact]
    public void No_dimension_name_begins_with_a_colon()
    {
        Assert.Equal(new("_a:b", Alterations.Renamed), CloudWatchText.DimensionName(":a:b"));
        Assert.Equal(new("_%C3%A4", Alterations.Renamed | Alterations.NonAscii), CloudWatchText.DimensionName(":\u00e4"));
        Assert.Equal(new(":a:b", Alterations.None), CloudWatchText.DimensionValue(":a:b"));
        Assert.Equal("_", CloudWatchText.DimensionName(":").Text);
    }

    [Fact]
    public void What_is_too_long_is_cut_and_ends_in_a_hash()
    {
        var (value, name, metric) = (new string('a', 1024), new string('a', 250), new string('a', 255));
        Assert.Equal(new(value, Alterations.None), CloudWatchText.DimensionValue(value));
        Assert.Equal(new(name, Alterations.None), CloudWatchText.DimensionName(name));
        Assert.Equal(new(metric, Alterations.None), CloudWatchText.MetricName(metric));

        // FNV-1a of 1025, 251 and 256 times "a".
        Assert.Equal(new($"{value[..1015]}~5ec6a52c", Alterations.TooLong), CloudWatchText.DimensionValue($"{value}a"));
        Assert.Equal(new($"{name[..241]}~948e4f6a", Alterations.TooLong), CloudWatchText.DimensionName($"{name}a"));
        Assert.Equal(new($"{metric[..246]}~6c44e2c5", Alterations.TooLong), CloudWatchText.MetricName($"{metric}a"));
    }

    [Fact]
    public void No_encoding_is_cut()
    {
        // 1015 characters are there before the hash, 169 encodings of six and one more.
        var result = CloudWatchText.DimensionValue(new string('\u00fc', 200));
        Assert.Equal(Alterations.NonAscii | Alterations.TooLong, result.Alterations);
        Assert.Equal(string.Concat(Enumerable.Repeat("%C3%BC", 169)) + "~34363e05", result.Text);
    }

    [Fact]
    public void Each_reason_has_a_text_and_a_bit_of_its_own()
    {
        string[] texts = ["blank_dimension", "non_ascii", "too_long", "too_many_dimensions", "renamed", "non_finite"];
        var reasons = Enum.GetValues<AlterReason>();
        Assert.Equal(texts, reasons.Select(reason => reason.Text()));
        Assert.Equal(AlterReasons.Count, reasons.Length);
        Assert.Equal(reasons.Select(reason => Enum.Parse<Alterations>($"{reason}")), reasons.Select(reason => (Alterations)(1 << (int)reason)));
    }
}
