using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Formats;

/// <summary>Whatever is recorded under whatever names: each format holds exactly that, and all formats say the same.</summary>
public sealed class FormatPropertyTests
{
    private static readonly (ExpositionSyntax Syntax, EscapingScheme Escaping)[] Formats =
    [
        .. from escaping in Enum.GetValues<EscapingScheme>()
           from syntax in Enum.GetValues<ExpositionSyntax>()
           where escaping == EscapingScheme.Underscores || syntax is not (ExpositionSyntax.Text004 or ExpositionSyntax.OpenMetrics001)
           select (syntax, escaping),
    ];

    [Fact]
    public void Each_format_holds_exactly_what_was_recorded_and_all_agree() =>
        Check.One(RandomCases.Of(300), Prop.ForAll(FormatApplication.All.ToArbitrary(), sample =>
        {
            var start = DateTimeOffset.UtcNow;
            using var scrape = sample.CreateScrape();
            var expected = sample.Record(scrape);
            foreach (var scheme in Formats.GroupBy(format => format.Escaping))
            {
                // The text format comes first: what series are called there is what they have to be called everywhere.
                Dictionary<string, ExpectedPoint>? points = null;
                foreach (var (syntax, escaping) in scheme.OrderByDescending(format => format.Syntax == ExpositionSyntax.Text100))
                {
                    var body = scrape.Bytes(syntax, escaping);
                    Assert.True(!sample.Hides || !Encoding.UTF8.GetString(body).Contains(FormatApplication.Hidden, StringComparison.Ordinal), "A hidden attribute shows.");
                    var families = Parse(syntax, body, escaping == EscapingScheme.AllowUtf8);
                    var exposition = new FormatVerification(sample, syntax, escaping, start, families);
                    points ??= exposition.Identify(expected);
                    exposition.Verify(points);
                }
            }
        }));

    private static List<Family> Parse(ExpositionSyntax syntax, byte[] body, bool allowUtf8) => syntax switch
    {
        ExpositionSyntax.Text004 or ExpositionSyntax.Text100 => TextParser.Parse(body, allowUtf8),
        ExpositionSyntax.Protobuf => ProtobufParser.Parse(body, allowUtf8),
        _ => OpenMetricsParser.Parse(body, allowUtf8),
    };
}
