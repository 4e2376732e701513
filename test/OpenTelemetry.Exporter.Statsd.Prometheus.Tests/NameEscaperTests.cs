using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class NameEscaperTests
{
    /// <summary>Names in which everything that has a rule of its own is frequent, lone surrogates included.</summary>
    private static readonly Arbitrary<string> Names = Gen.OneOf(
            Gen.Elements('_', '.', ':', 'a', 'Z', '0', '9', '/', ' ', 'é', '花', '\ud83d', '\ude31', '"', '\n', '\0').ArrayOf()
                .Select(characters => new string(characters)),
            ArbMap.Default.GeneratorFor<string>().Where(name => name is not null),
            Gen.Elements("__name__", "_name_", ":name:", "..name..", "__", "_", "U__a_2e_b", "😱", "\ude31\ud83d"))
        .ToArbitrary();

    [Theory]
    [InlineData("no:escaping_required", "no:escaping_required", "no:escaping__required", "no:escaping_required")]
    [InlineData("west.cpu.load", "west_cpu_load", "west_dot_cpu_dot_load", "U__west_2e_cpu_2e_load")]
    [InlineData("a.b_total", "a_b_total", "a_dot_b__total", "U__a_2e_b__total")]
    [InlineData("foo.bar_bytes_total", "foo_bar_bytes_total", "foo_dot_bar__bytes__total", "U__foo_2e_bar__bytes__total")]
    [InlineData("http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum")]
    [InlineData("label with 😱", "label_with__", "label__with____", "U__label_20_with_20__1f631_")]
    [InlineData("花火", "__", "____", "U___82b1__706b_")]
    [InlineData("label with \u0100", "label_with__", "label__with____", "U__label_20_with_20__100_")]
    [InlineData("metric.with/slash", "metric_with_slash", "metric_dot_with__slash", "U__metric_2e_with_2f_slash")]
    [InlineData("9lives", "_lives", "__lives", "U___39_lives")]
    [InlineData("a9", "a9", "a9", "a9")]
    [InlineData("_", "_", "__", "_")]
    [InlineData(":", ":", ":", ":")]
    [InlineData("__name__", "__name__", "____name____", "__name__")]
    [InlineData("", "_", "_", "_")]
    public void Metric_names(string name, string underscores, string dots, string values)
    {
        Assert.Equal(underscores, NameEscaper.EscapeMetric(name, EscapingScheme.Underscores));
        Assert.Equal(dots, NameEscaper.EscapeMetric(name, EscapingScheme.Dots));
        Assert.Equal(values, NameEscaper.EscapeMetric(name, EscapingScheme.Values));
        Assert.Equal(name.Length == 0 ? "_" : name, NameEscaper.EscapeMetric(name, EscapingScheme.AllowUtf8));
    }

    [Theory]
    [InlineData("url.path", "url_path", "url_dot_path", "U__url_2e_path", "url.path")]
    [InlineData("url_path", "url_path", "url__path", "url_path", "url_path")]
    [InlineData("a:b", "a_b", "a__b", "U__a_3a_b", "a:b")]
    [InlineData("__name__", "_name__", "_name____", "_name__", "_name__")]
    [InlineData("_name_", "_name_", "_name__", "_name_", "_name_")]
    [InlineData(":name:", "_name_", "_name__", "U___3a_name_3a_", ":name:")]
    [InlineData("..name", "_name", "_dot__dot_name", "U___2e__2e_name", "..name")]
    [InlineData("___.x", "_x", "_dot_x", "U_________2e_x", "_.x")]
    [InlineData("花火", "_", "_", "U___82b1__706b_", "花火")]
    [InlineData("__", "_", "_", "_", "_")]
    [InlineData("", "_", "_", "_", "_")]
    public void Label_names(string name, string underscores, string dots, string values, string utf8)
    {
        Assert.Equal(underscores, NameEscaper.EscapeLabel(name, EscapingScheme.Underscores));
        Assert.Equal(dots, NameEscaper.EscapeLabel(name, EscapingScheme.Dots));
        Assert.Equal(values, NameEscaper.EscapeLabel(name, EscapingScheme.Values));
        Assert.Equal(utf8, NameEscaper.EscapeLabel(name, EscapingScheme.AllowUtf8));
    }

    [Fact]
    public void Lone_surrogates_are_replacement_characters()
    {
        const string name = "a\ud83d.\ude31";
        Assert.Equal("a___", NameEscaper.EscapeMetric(name, EscapingScheme.Underscores));
        Assert.Equal("a___dot___", NameEscaper.EscapeMetric(name, EscapingScheme.Dots));
        Assert.Equal("U__a_fffd__2e__fffd_", NameEscaper.EscapeMetric(name, EscapingScheme.Values));
        Assert.Equal("a\ufffd.\ufffd", NameEscaper.EscapeMetric(name, EscapingScheme.AllowUtf8));
        Assert.Equal("a\ufffd.\ufffd", NameEscaper.EscapeLabel(name, EscapingScheme.AllowUtf8));
    }

    [Fact]
    public void Nul_is_a_replacement_character_where_it_would_be_the_end()
    {
        Assert.Equal("a\ufffd.b", NameEscaper.EscapeMetric("a\0.b", EscapingScheme.AllowUtf8));
        Assert.Equal("a\ufffd.b", NameEscaper.EscapeLabel("a\0.b", EscapingScheme.AllowUtf8));
        Span<byte> written = stackalloc byte[16];
        Assert.True(NameEscaper.TryWriteLabel(written, "a\0.b"u8, EscapingScheme.AllowUtf8, out var length));
        Assert.Equal("a\ufffd.b", Encoding.UTF8.GetString(written[..length]));
    }

    [Fact]
    public void Escaped_names_are_legal() =>
        Check.One(RandomCases.Of(5000), Prop.ForAll(Names, name =>
        {
            foreach (var scheme in new[] { EscapingScheme.Underscores, EscapingScheme.Dots, EscapingScheme.Values })
            {
                Assert.Matches(@"\A[a-zA-Z_:][a-zA-Z0-9_:]*\z", NameEscaper.EscapeMetric(name, scheme));
                Assert.Matches(@"\A(?!__)[a-zA-Z_][a-zA-Z0-9_]*\z", NameEscaper.EscapeLabel(name, scheme));
            }

            var readable = WellFormed(name).Replace('\0', '\ufffd');
            Assert.Equal(name.Length == 0 ? "_" : readable, NameEscaper.EscapeMetric(name, EscapingScheme.AllowUtf8));
            var label = name.Length == 0 ? "_" : Regex.Replace(readable, "^__+", "_");
            Assert.Equal(label, NameEscaper.EscapeLabel(name, EscapingScheme.AllowUtf8));
        }));

    [Fact]
    public void Values_can_be_read_back() =>
        Check.One(RandomCases.Of(5000), Prop.ForAll(Names, name =>
        {
            var metric = NameEscaper.EscapeMetric(name, EscapingScheme.Values);
            var label = NameEscaper.EscapeLabel(name, EscapingScheme.Values);
            if (!Regex.IsMatch(name, @"\A[a-zA-Z0-9_:]*\z"))
            {
                Assert.Equal(WellFormed(name), ReadBack(metric));
                Assert.Equal(WellFormed(name), ReadBack(label));
            }
        }));

    [Fact]
    public void Classic_names_are_told_from_others() =>
        Check.One(RandomCases.Of(5000), Prop.ForAll(Names, name =>
        {
            Assert.Equal(Regex.IsMatch(name, @"\A[a-zA-Z_:][a-zA-Z0-9_:]*\z"), NameEscaper.IsClassicMetric(name));
            Assert.Equal(Regex.IsMatch(name, @"\A[a-zA-Z_][a-zA-Z0-9_]*\z"), NameEscaper.IsClassicLabel(Encoding.UTF8.GetBytes(name)));
        }));

    private static string WellFormed(string name) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));

    /// <summary>Undoes what the documentation describes.</summary>
    private static string ReadBack(string escaped)
    {
        Assert.StartsWith("U__", escaped, StringComparison.Ordinal);
        return Regex.Replace(escaped[3..], "__|_([0-9a-f]+)_", match => match.Value == "__"
            ? "_"
            : char.ConvertFromUtf32(int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
    }
}
