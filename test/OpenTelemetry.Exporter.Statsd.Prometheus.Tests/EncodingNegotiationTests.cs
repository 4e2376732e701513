using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

public sealed class EncodingNegotiationTests
{
    private static readonly ContentCoding[] ByPreference = [ContentCoding.Gzip, ContentCoding.Brotli, ContentCoding.Identity];

    [Theory]
    [InlineData("gzip", ContentCoding.Gzip)]
    [InlineData("gzip, deflate, br, zstd", ContentCoding.Gzip)]
    [InlineData("br, gzip", ContentCoding.Gzip)]
    [InlineData("br", ContentCoding.Brotli)]
    [InlineData("br;q=1.0, gzip;q=0.8, *;q=0.1", ContentCoding.Brotli)]
    [InlineData("zstd;q=1, br;q=0.5, gzip;q=0.4", ContentCoding.Brotli)]
    [InlineData("zstd", ContentCoding.Identity)]
    [InlineData("deflate", ContentCoding.Identity)]
    [InlineData("x-gzip", ContentCoding.Gzip)]
    [InlineData("GZIP", ContentCoding.Gzip)]
    [InlineData("gzip ; Q=0.5", ContentCoding.Gzip)]
    [InlineData("gzip;q=0.001", ContentCoding.Gzip)]
    [InlineData("gzip;q=0", ContentCoding.Identity)]
    [InlineData("gzip;q=0.000", ContentCoding.Identity)]
    [InlineData("gzip;q=0, x-gzip", ContentCoding.Gzip)]
    [InlineData("*", ContentCoding.Gzip)]
    [InlineData("*;q=0", ContentCoding.Identity)]
    [InlineData("gzip;q=0, *", ContentCoding.Brotli)]
    [InlineData("gzip;q=0, br;q=0, *", ContentCoding.Identity)]
    [InlineData("identity", ContentCoding.Identity)]
    [InlineData("identity, gzip", ContentCoding.Gzip)]
    [InlineData("identity, gzip;q=0.5", ContentCoding.Identity)]
    [InlineData("identity;q=0.5, gzip;q=0.5", ContentCoding.Gzip)]
    [InlineData("identity;q=0", ContentCoding.Gzip)]
    [InlineData("identity;q=0, br", ContentCoding.Brotli)]
    [InlineData("identity;q=0, gzip;q=0", ContentCoding.Brotli)]
    [InlineData("identity;q=0, *;q=0", ContentCoding.Identity)]
    [InlineData("gzip;q=0.5, *;q=0", ContentCoding.Gzip)]
    [InlineData("gzip;q=2", ContentCoding.Identity)]
    [InlineData("gzip;q=-1", ContentCoding.Identity)]
    [InlineData("gzip;q=NaN", ContentCoding.Identity)]
    [InlineData("gzip;q=Infinity", ContentCoding.Identity)]
    [InlineData("gzip;q=", ContentCoding.Identity)]
    [InlineData("gzip;q", ContentCoding.Identity)]
    [InlineData("gzip;level=9", ContentCoding.Gzip)]
    [InlineData("gzipped, bro, *x", ContentCoding.Identity)]
    [InlineData(",,;,gzip,", ContentCoding.Gzip)]
    [InlineData("", ContentCoding.Identity)]
    [InlineData(null, ContentCoding.Identity)]
    public void Headers(string? header, object expected) => Assert.Equal(expected, AcceptEncodingNegotiation.Choose(header));

    [Fact]
    public void Lines_are_one_list()
    {
        Assert.Equal(ContentCoding.Brotli, AcceptEncodingNegotiation.Choose(new StringValues(["gzip;q=0.5", null, "br"])));
        Assert.Equal(ContentCoding.Identity, AcceptEncodingNegotiation.Choose(StringValues.Empty));
    }

    [Fact]
    public void Best_of_any_list_is_chosen()
    {
        var entries =
            from coding in Gen.Elements("gzip", "x-gzip", "br", "identity", "*", "zstd", "deflate", "junk")
            from thousandths in Gen.OneOf(Gen.Elements(0, 500, 1000), Gen.Choose(0, 1000))
            select (Coding: coding, Thousandths: thousandths);

        Check.One(RandomCases.Of(5000), Prop.ForAll(entries.ArrayOf().ToArbitrary(), list =>
        {
            var header = string.Join(", ", list.Select(entry =>
                string.Create(CultureInfo.InvariantCulture, $"{entry.Coding};q={entry.Thousandths / 1000m:0.000}")));
            Assert.Equal(Model(list), AcceptEncodingNegotiation.Choose(header));
        }));
    }

    [Fact]
    public void Anything_gives_a_coding() =>
        Check.One(RandomCases.Of(5000), Prop.ForAll(
            HostileHeaders.From("gzip;q=0.5", "br", "x-gzip", "*;q=0", "identity;q=0", "deflate, zstd").ToArbitrary(),
            lines => Assert.True(Enum.IsDefined(AcceptEncodingNegotiation.Choose(lines)))));

    [Fact]
    public void Length_does_not_matter()
    {
        foreach (var header in HostileHeaders.Long("gzip;q=0.5", "*"))
        {
            Assert.True(Enum.IsDefined(AcceptEncodingNegotiation.Choose(header)));
            Assert.Equal(ContentCoding.Brotli, AcceptEncodingNegotiation.Choose(new StringValues([header, "br,gzip;q=0"])));
        }
    }

    /// <summary>In ten-thousandths: what each coding is worth, or <see langword="null"/> if nothing is said about it.</summary>
    private static ContentCoding Model((string Coding, int Thousandths)[] list)
    {
        int? Said(params string[] names) =>
            10 * list.Where(entry => names.Contains(entry.Coding)).Select(entry => (int?)entry.Thousandths).Max();

        var worth = new Dictionary<ContentCoding, int?>
        {
            [ContentCoding.Gzip] = Said("gzip", "x-gzip") ?? Said("*"),
            [ContentCoding.Brotli] = Said("br") ?? Said("*"),
            [ContentCoding.Identity] = Said("identity") ?? Said("*") ?? 1,
        };
        var acceptable = ByPreference.Where(coding => worth[coding] > 0).OrderByDescending(coding => worth[coding]).ToList();
        return acceptable.Count > 0 ? acceptable[0] : ByPreference.FirstOrDefault(coding => worth[coding] is null);
    }
}
