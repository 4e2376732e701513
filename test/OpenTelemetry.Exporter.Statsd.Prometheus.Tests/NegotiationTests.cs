using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;
using TestSupport;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class NegotiationTests
{
    private const string Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

    /// <summary>Entries, what they stand for, and how exactly: 1 for anything, up to 4 for a version. Without a format they are junk.</summary>
    private static readonly Range[] Ranges =
    [
        new("*/*", "Text004", 1),
        new("application/*", "Text004", 1),
        new("text/*", "Text004", 2),
        new("text/plain", "Text004", 3),
        new("text/plain;version=0.0.4", "Text004", 4),
        new("text/plain; version=\"0.0.4\"; charset=utf-8; escaping=dots", "Text004", 4),
        new("text/plain;version=1.0.0", "Text100", 4),
        new("text/plain;version=1.0.0;escaping=dots", "Text100 Dots", 4),
        new("TEXT/Plain ; Escaping=values ; VERSION = 1.0.0", "Text100 Values", 4),
        new("application/openmetrics-text", "OpenMetrics100", 3),
        new("application/openmetrics-text;version=1.0.0", "OpenMetrics100", 4),
        new("application/openmetrics-text;escaping=allow-utf-8", "OpenMetrics100 AllowUtf8", 3),
        new("application/openmetrics-text;version=1.0.0;escaping=\"allow\\-utf-8\"", "OpenMetrics100 AllowUtf8", 4),
        new("application/openmetrics-text;version=0.0.1;escaping=allow-utf-8", "OpenMetrics001", 4),
        new(Protobuf, "Protobuf", 4),
        new(Protobuf + ";escaping=allow-utf8", "Protobuf AllowUtf8", 4),
        new(Protobuf.Replace("delimited", "\"delimited\"", StringComparison.Ordinal) + "; escaping=values", "Protobuf Values", 4),
        new("application/openmetrics-text;version=2.0.0", null, 0),
        new("text/plain;version=0.0.5", null, 0),
        new("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text", null, 0),
        new("text/html", null, 0),
        new("*", null, 0),
        new(" ", null, 0),
        new("text/plain;q=high", null, 0),
        new("=;=;\",\";,;", null, 0),
    ];

    public static TheoryData<string, string> Prometheus => new()
    {
        // 2.42, by default and with native histograms.
        {
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "OpenMetrics100"
        },
        {
            $"{Protobuf},application/openmetrics-text;version=1.0.0;q=0.8,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "Protobuf"
        },

        // 2.53, likewise.
        {
            "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            "OpenMetrics100"
        },
        {
            $"{Protobuf};q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,application/openmetrics-text;version=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            "Protobuf"
        },

        // 3.5 by default, told to escape, and with native histograms or created timestamps.
        {
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            "OpenMetrics100 AllowUtf8"
        },
        {
            "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=underscores;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            "OpenMetrics100"
        },
        {
            $"{Protobuf};escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            "Protobuf AllowUtf8"
        },

        // The text formats of 3.5 alone.
        { "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "Text100 AllowUtf8" },

        // VictoriaMetrics.
        { "text/plain;version=0.0.4;q=1,*/*;q=0.1", "Text004" },
    };

    [Theory]
    [MemberData(nameof(Prometheus))]
    public void Scrapers_get_what_they_prefer(string header, string expected) => Assert.Equal(Format(expected), AcceptNegotiation.Choose(header));

    [Theory]
    [InlineData("*/*")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")]
    [InlineData("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")]
    [InlineData("application/json")]
    [InlineData("")]
    [InlineData(null)]
    public void Others_get_text(string? header) => Assert.Equal(Format("Text004"), AcceptNegotiation.Choose(header));

    [Theory]
    [InlineData("text/plain", "Text004")]
    [InlineData("text/*", "Text004")]
    [InlineData("text/plain;version=1.0.0", "Text100")]
    [InlineData("application/openmetrics-text", "OpenMetrics100")]
    [InlineData("application/openmetrics-text;version=0.0.1", "OpenMetrics001")]
    [InlineData(Protobuf, "Protobuf")]
    public void Types(string header, string expected) => Assert.Equal(Format(expected), AcceptNegotiation.Choose(header));

    [Theory]
    [InlineData("application/openmetrics-text;version=2.0.0")]
    [InlineData("application/openmetrics-text;version=")]
    [InlineData("application/openmetrics-text;version")]
    [InlineData("application/openmetrics-text;version=\"1.0.0")]
    [InlineData("application/openmetrics-text;version=\"1.0.0\\\"")]
    [InlineData("application/openmetrics-text;version=\"")]
    [InlineData("application/openmetrics-text;version=1.0.0x")]
    [InlineData("application/openmetrics-textual")]
    [InlineData("application / openmetrics-text")]
    [InlineData("text/plain;version=1.0")]
    [InlineData("application/vnd.google.protobuf")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily")]
    [InlineData("application/vnd.google.protobuf;encoding=delimited")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=compact-text")]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.write.v2.Request;encoding=delimited")]
    [InlineData("application/*")]
    public void What_there_is_not_gives_text_or_what_is_wanted_next(string header)
    {
        Assert.Equal(Format("Text004"), AcceptNegotiation.Choose(header));
        Assert.Equal(Format("OpenMetrics001"), AcceptNegotiation.Choose($"application/openmetrics-text;version=0.0.1;q=0.9,{header};q=0"));
    }

    [Theory]
    [InlineData("escaping=underscores", EscapingScheme.Underscores)]
    [InlineData("escaping=dots", EscapingScheme.Dots)]
    [InlineData("escaping=values", EscapingScheme.Values)]
    [InlineData("escaping=allow-utf-8", EscapingScheme.AllowUtf8)]
    [InlineData("escaping=allow-utf8", EscapingScheme.AllowUtf8)]
    [InlineData("Escaping = \"values\"", EscapingScheme.Values)]
    [InlineData("escaping=\"d\\ot\\s\"", EscapingScheme.Dots)]
    [InlineData("escaping=\"dot\"", EscapingScheme.Underscores)]
    [InlineData("escaping=\"dots,\"", EscapingScheme.Underscores)]
    [InlineData("escaping=none", EscapingScheme.Underscores)]
    [InlineData("escaping=", EscapingScheme.Underscores)]
    [InlineData("escape=dots", EscapingScheme.Underscores)]
    public void Escaping(string parameter, object scheme)
    {
        var expected = (EscapingScheme)scheme;
        Assert.Equal(new(ExpositionSyntax.Text100, expected), AcceptNegotiation.Choose($"text/plain;version=1.0.0;{parameter}"));
        Assert.Equal(new(ExpositionSyntax.OpenMetrics100, expected), AcceptNegotiation.Choose($"application/openmetrics-text;{parameter}"));
        Assert.Equal(new(ExpositionSyntax.Protobuf, expected), AcceptNegotiation.Choose($"{Protobuf};{parameter}"));
        Assert.Equal(Format("Text004"), AcceptNegotiation.Choose($"text/plain;version=0.0.4;{parameter}"));
        Assert.Equal(Format("OpenMetrics001"), AcceptNegotiation.Choose($"application/openmetrics-text;version=0.0.1;{parameter}"));
    }

    [Theory]
    [InlineData("text/plain;q=0.3,application/openmetrics-text;q=0.4", "OpenMetrics100")]
    [InlineData("text/plain;q=0.4,application/openmetrics-text;q=0.4", "Text004")]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.4", "OpenMetrics100")]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.40", "OpenMetrics100")]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=.41", "Text004")]
    [InlineData("application/openmetrics-text;q=0.4,text/plain;q=0.4000001", "Text004")]
    [InlineData("text/plain;q=0.9,application/openmetrics-text", "OpenMetrics100")]
    [InlineData("text/plain;q=0.9,application/openmetrics-text;q=1.000", "OpenMetrics100")]
    [InlineData("text/plain;q=0.9,application/openmetrics-text;Q=1", "OpenMetrics100")]
    [InlineData("text/plain;q=0.9,q=1;application/openmetrics-text", "Text004")]
    [InlineData("application/openmetrics-text;q=0", "Text004")]
    [InlineData("application/openmetrics-text;q=0.0,*/*;q=0.1", "Text004")]
    [InlineData("application/openmetrics-text;q=0.000000001", "OpenMetrics100")]
    [InlineData("application/openmetrics-text;q=1.001", "Text004")]
    [InlineData("application/openmetrics-text;q=-0.5", "Text004")]
    [InlineData("application/openmetrics-text;q=+0.5", "Text004")]
    [InlineData("application/openmetrics-text;q=5e-1", "Text004")]
    [InlineData("application/openmetrics-text;q=0,5", "Text004")]
    [InlineData("application/openmetrics-text;q=NaN", "Text004")]
    [InlineData("application/openmetrics-text;q=Infinity", "Text004")]
    [InlineData("application/openmetrics-text;q=\"0.5\"", "Text004")]
    [InlineData("application/openmetrics-text;q=", "Text004")]
    [InlineData("application/openmetrics-text;q", "Text004")]
    [InlineData("application/openmetrics-text;q=0.5;version=0.0.1;escaping=dots", "OpenMetrics001")]
    public void Qualities(string header, string expected) => Assert.Equal(Format(expected), AcceptNegotiation.Choose(header));

    [Theory]
    [InlineData("text/plain;version=0.0.4;q=0,*/*,application/openmetrics-text;q=0.1", "OpenMetrics100")]
    [InlineData("text/plain;version=0.0.4;q=0,*/*", "Text004")]
    [InlineData("text/plain;q=0,*/*,application/openmetrics-text;q=0.1", "OpenMetrics100")]
    [InlineData("text/plain;q=0,text/plain;version=0.0.4;q=0.2,application/openmetrics-text;q=0.1", "Text004")]
    [InlineData("text/*;q=0,*/*,application/openmetrics-text;q=0.1", "OpenMetrics100")]
    [InlineData("text/*;q=0,text/plain;q=0.2,application/openmetrics-text;q=0.1", "Text004")]
    [InlineData("application/*;q=0,*/*;q=0.2,application/openmetrics-text;q=0.1", "Text004")]
    [InlineData("application/openmetrics-text;q=0,application/openmetrics-text;version=1.0.0;q=0.1", "OpenMetrics100")]
    [InlineData("text/plain;version=1.0.0;q=0,text/plain;version=1.0.0;escaping=dots;q=0.1", "Text100 Dots")]
    [InlineData("application/openmetrics-text;q=0.1,application/openmetrics-text;q=0.3,text/plain;q=0.2", "OpenMetrics100")]
    public void Specific_entries_override_general_ones(string header, string expected) =>
        Assert.Equal(Format(expected), AcceptNegotiation.Choose(header));

    [Theory]
    [InlineData("text/plain;q=0.5;x=\",application/openmetrics-text,\"", "Text004")]
    [InlineData("text/plain;x=\";q=0\",application/openmetrics-text;q=0.5", "Text004")]
    [InlineData("text/plain;q=0.5;x=\"\\\",application/openmetrics-text,\"", "Text004")]
    [InlineData("text/plain;x=\"\\\\\";q=0.5,application/openmetrics-text", "OpenMetrics100")]
    [InlineData("text/plain;x=\\\";q=0.5,application/openmetrics-text", "Text004")]
    [InlineData("text/plain;x=\\,application/openmetrics-text;q=0.5", "Text004")]
    [InlineData("text/plain;q=0.1;x=\\,application/openmetrics-text;q=0.5", "OpenMetrics100")]
    [InlineData("application/openmetrics-text;q=0.5,text/plain;x=\"", "Text004")]
    [InlineData("text/plain;x=\",application/openmetrics-text", "Text004")]
    public void Separators_in_quotes_separate_nothing(string header, string expected) =>
        Assert.Equal(Format(expected), AcceptNegotiation.Choose(header));

    [Fact]
    public void Lines_are_one_list()
    {
        string?[] lines = ["text/plain;q=0.5", null, "", "application/openmetrics-text"];
        Assert.Equal(Format("OpenMetrics100"), AcceptNegotiation.Choose(lines));
        Assert.Equal(Format("Text004"), AcceptNegotiation.Choose(new StringValues(["text/plain", "application/openmetrics-text"])));
        Assert.Equal(Format("Text004"), AcceptNegotiation.Choose(StringValues.Empty));
    }

    [Fact]
    public void Best_of_any_list_is_chosen()
    {
        var entries =
            from range in Gen.Elements(Ranges)
            from thousandths in Gen.OneOf(Gen.Elements(0, 500, 1000), Gen.Choose(0, 1000))
            from separator in Gen.Elements("\n", ",", " ,\t", ",,")
            select new Entry(range, thousandths, separator);

        Check.One(RandomCases.Of(10_000), Prop.ForAll(entries.ArrayOf().ToArbitrary(), list =>
        {
            var header = string.Concat(list.Select(entry => entry.ToString()));
            Assert.Equal(Model(list), AcceptNegotiation.Choose(header.Split('\n')));
        }));
    }

    [Fact]
    public void Anything_gives_a_format()
    {
        var valid = Prometheus.Select(row => row.Data.Item1).Concat(Ranges.Select(range => range.Text + ";q=0.5")).ToArray();

        Check.One(RandomCases.Of(5000), Prop.ForAll(HostileHeaders.From(valid).ToArbitrary(), lines =>
        {
            var format = AcceptNegotiation.Choose(lines);
            Assert.True(Enum.IsDefined(format.Syntax) && Enum.IsDefined(format.Escaping));
            if (format.Syntax is ExpositionSyntax.Text004 or ExpositionSyntax.OpenMetrics001)
            {
                Assert.Equal(EscapingScheme.Underscores, format.Escaping);
            }
        }));
    }

    [Fact]
    public void Length_does_not_matter()
    {
        foreach (var header in HostileHeaders.Long("text/plain;q=0.5", "application/openmetrics-text;version=0.0.1;q=0.5"))
        {
            Assert.True(Enum.IsDefined(AcceptNegotiation.Choose(header).Syntax));
            Assert.Equal(Format("Protobuf"), AcceptNegotiation.Choose(new StringValues([header, Protobuf])));
        }
    }

    [Fact]
    public void Negotiation_allocates_nothing()
    {
        var accept = new StringValues(Prometheus.Select(row => row.Data.Item1).ToArray());
        var encoding = new StringValues("gzip;q=0.5, br, *;q=0");
        Assert.Equal(0, Allocated.AtLeastBy(() =>
        {
            AcceptNegotiation.Choose(accept);
            AcceptEncodingNegotiation.Choose(encoding);
            ScrapeTimeout.Choose("10.5", TimeSpan.FromMinutes(1));
        }));
    }

    /// <summary>For each format, what its most exact entries say at their best; of the formats, the best, then the earliest.</summary>
    private static NegotiatedFormat Model(Entry[] list)
    {
        var wanted =
            from entry in list.Index()
            where entry.Item.Range.Format is not null
            group entry by entry.Item.Range.Format into format
            let exactness = format.Max(entry => entry.Item.Range.Exactness)
            let best = format.Where(entry => entry.Item.Range.Exactness == exactness).MaxBy(entry => (entry.Item.Thousandths, -entry.Index))
            where best.Item.Thousandths > 0
            orderby best.Item.Thousandths descending, best.Index
            select format.Key;
        return Format(wanted.FirstOrDefault() ?? "Text004");
    }

    /// <summary>A format by its name, followed by the escaping scheme unless that is underscores.</summary>
    private static NegotiatedFormat Format(string name)
    {
        var words = name.Split(' ');
        var escaping = words.Length > 1 ? Enum.Parse<EscapingScheme>(words[1]) : EscapingScheme.Underscores;
        return new(Enum.Parse<ExpositionSyntax>(words[0]), escaping);
    }

    private sealed record Range(string Text, string? Format, int Exactness);

    private sealed record Entry(Range Range, int Thousandths, string Separator)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Range.Text};q={Thousandths / 1000m:0.###}{Separator}");
    }
}
