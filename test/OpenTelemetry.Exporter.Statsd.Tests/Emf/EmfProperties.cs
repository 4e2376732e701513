using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Tests.Properties;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Whatever is recorded, every document is one that CloudWatch takes, and holds what was recorded.</summary>
public sealed class EmfProperties
{
    private readonly HashSet<string> seen = [];

    [Fact]
    public void Every_document_is_valid_and_what_was_recorded_is_in_them()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Prop.ForAll(EmfCaseGenerator.Cases, Holds).Check(RandomCases.Of(1000));
            string[] all =
            [
                "invalid_value", "line_too_long", "blank_dimension", "non_ascii", "too_long", "too_many_dimensions", "renamed", "non_finite",
                "many metrics", "many values", "several documents in a packet",
            ];
            Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private void Holds(EmfCase given)
    {
        using var run = new EmfRun(given);
        var check = new EmfCheck(given);
        var (exported, dropped, tooLong) = (0L, 0L, 0L);
        for (var export = 0; export < EmfCase.Exports; export++)
        {
            var (points, documents) = run.Export();
            try
            {
                check.Check(points, documents);
                var statistics = run.Statistics;
                Assert.Equal(points.Count, statistics.PointsExported + statistics.PointsDropped - exported - dropped);
                if (check.Written >= 0)
                {
                    // Histograms of one series that are split share one fate: where one is too long for a packet, all count as dropped.
                    var isTooLong = statistics.PointsDroppedByReason.GetValueOrDefault("line_too_long") > tooLong;
                    Assert.InRange(statistics.PointsExported - exported, isTooLong ? 0 : check.Written, check.Written);
                }

                (exported, dropped, tooLong) = (
                    statistics.PointsExported, statistics.PointsDropped, statistics.PointsDroppedByReason.GetValueOrDefault("line_too_long"));
                Note(statistics, documents);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(Explain(given, export, run, documents, exception), exception);
            }
        }
    }

    /// <summary>Remembers what has happened at all, lest the property hold for want of cases.</summary>
    private void Note(EmfExporterStatistics statistics, IReadOnlyList<byte[]> documents)
    {
        seen.UnionWith(statistics.PointsDroppedByReason.Keys);
        seen.UnionWith(statistics.PointsAlteredByReason.Keys);
        seen.UnionWith(statistics.PacketsSent < documents.Count ? ["several documents in a packet"] : []);
        foreach (var document in documents)
        {
            var records = TestSupport.EmfDocument.Read(document).Records();
            seen.UnionWith(records.Count == 100 ? ["many metrics"] : []);
            seen.UnionWith(records.Any(record => record.Target.Values.Count == 100) ? ["many values"] : []);
        }
    }

    private static string Explain(EmfCase given, int export, EmfRun run, IReadOnlyList<byte[]> documents, Exception exception)
    {
        var statistics = run.Statistics;
        var text = new StringBuilder(exception.Message).AppendLine().Append(given).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"  export {export + 1}, exported {statistics.PointsExported}");
        text.AppendLine(CultureInfo.InvariantCulture, $"  dropped {string.Join(' ', statistics.PointsDroppedByReason)}, altered {string.Join(' ', statistics.PointsAlteredByReason)}");
        text.AppendLine(string.Join('\n', run.Events));
        foreach (var document in documents.Take(5))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    {document.Length}: {Recording.Escaped(Encoding.UTF8.GetString(document), most: 1500)}");
        }

        return text.ToString();
    }
}
