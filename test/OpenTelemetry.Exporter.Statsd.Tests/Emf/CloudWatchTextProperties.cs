using System.Text;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Tests.Properties;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Any text becomes one that CloudWatch takes and from which it can be told, unless it is cut.</summary>
public sealed partial class CloudWatchTextProperties
{
    private const int Limit = 1024;

    private static readonly Config ManyCases = RandomCases.Of(20_000);

    /// <summary>Much that is or looks encoded, lone surrogates, and lengths around the limit.</summary>
    private static readonly Gen<string> Text = Gen.Frequency(
        (4, HostileText.Any),
        (4, Gen.Elements("%", "%2", "5", "25", "%C3", "%BC", "\u00fc", "%ED%A0%80", "\ud800", "\udc00", "A", "~", "\0", "%00", " ")
            .ArrayOf()
            .Select(string.Concat)),
        (1, from piece in Gen.Elements(("a", 1), ("\u00fc", 6), ("\u6771", 9), ("\U0001f600", 12), ("\ud800", 9), ("\n", 3), ("%25", 5))
            from length in Gen.Choose(Limit - 12, Limit + 2)
            from before in Gen.Choose(0, 12)
            select new string('x', before) + string.Concat(Enumerable.Repeat(piece.Item1, length / piece.Item2))));

    [GeneratedRegex("%(0[0-9A-F]|1[0-9A-F]|25|7F|[89A-F][0-9A-F])")]
    private static partial Regex EncodedOctet { get; }

    [Fact]
    public void The_result_is_visible_ascii_within_the_limit() => Prop.ForAll(Text.ToArbitrary(), text =>
    {
        Assert.Matches(@"\A[ -~]{0,1024}\z", CloudWatchText.DimensionValue(text).Text);
        Assert.Matches(@"\A([ -9;-~][ -~]{0,249})?\z", CloudWatchText.DimensionName(text).Text);
        Assert.Matches(@"\A[ -~]{0,255}\z", CloudWatchText.MetricName(text).Text);
    }).Check(ManyCases);

    [Fact]
    public void What_is_not_cut_can_be_decoded()
    {
        var kinds = new HashSet<Alterations>();
        Prop.ForAll(Text.ToArbitrary(), text =>
        {
            var (result, alterations) = CloudWatchText.DimensionValue(text);
            kinds.Add(alterations);
            Assert.Equal(alterations == Alterations.None, result == text && result.Trim(' ').Length > 0);
            Assert.Equal(alterations == Alterations.BlankDimension, text.Trim(' ').Length == 0);
            if (alterations is Alterations.None or Alterations.NonAscii)
            {
                var decoded = EncodedOctet.Replace(result, match => $"{(char)Convert.FromHexString(match.ValueSpan[1..])[0]}");
                Assert.Equal(Octets(text), Encoding.Latin1.GetBytes(decoded));
            }
        }).Check(ManyCases);

        Alterations[] all =
        [
            Alterations.None, Alterations.BlankDimension, Alterations.NonAscii, Alterations.TooLong, Alterations.NonAscii | Alterations.TooLong,
        ];
        Assert.Equal(all, kinds.Order());
    }

    [Fact]
    public void What_is_cut_keeps_its_beginning_and_says_which_it_was() => Prop.ForAll(Text.Two().ToArbitrary(), texts =>
    {
        var (one, other) = (Long(texts.Item1), Long(texts.Item2));
        Assert.Equal(texts.Item1 == texts.Item2, one == other);
        Assert.Matches("~[0-9a-f]{8}$", one);

        // No character is cut, and none takes more than twelve.
        Assert.InRange(one.Length, Limit - 11, Limit);
        Assert.DoesNotMatch("%.?~[0-9a-f]{8}$", one);

        static string Long(string text) => CloudWatchText.DimensionValue(new string('\u00fc', 500) + text).Text;
    }).Check(ManyCases);

    [Fact]
    public void Different_texts_stay_different() => Prop.ForAll(Text.Two().ToArbitrary(), texts =>
    {
        var (one, other) = (texts.Item1.Length > 0 ? texts.Item1 : " ", texts.Item2.Length > 0 ? texts.Item2 : " ");
        var isBlank = one.Trim(' ').Length + other.Trim(' ').Length == 0;
        Assert.Equal(one == other || isBlank, CloudWatchText.DimensionValue(one).Text == CloudWatchText.DimensionValue(other).Text);
    }).Check(ManyCases);

    /// <summary>UTF-8, and of a lone surrogate what UTF-8 would have for it.</summary>
    private static byte[] Octets(string text)
    {
        var octets = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            var (hasPair, unit) = (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]), (int)text[i]);
            octets.AddRange(hasPair ? Encoding.UTF8.GetBytes(text, i, 2)
                : char.IsSurrogate(text[i]) ? [0xED, (byte)(((unit >> 6) & 0x3F) | 0x80), (byte)((unit & 0x3F) | 0x80)]
                : Encoding.UTF8.GetBytes(text, i, 1));
            i += hasPair ? 1 : 0;
        }

        return [.. octets];
    }
}
