using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Whatever is recorded, what comes out of the socket is what the documentation says, and nothing else.</summary>
public sealed class EndToEndProperties
{
    private readonly HashSet<string> seen = [];

    [Fact]
    public void Every_line_is_explained_and_every_expected_line_arrives()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            Prop.ForAll(RecordingGenerator.Recordings, Holds).Check(RandomCases.Of(5000));
            string[] losses = ["invalid_value", "line_too_long", "negative_counter", "negative_value"];
            string[] forms = ["d", "h", "ms", "quantile", "weight", "several values in a line", "all values"];
            string[] all = [.. losses, .. forms, "exported", "reset", "several packets", "external data", "cardinality", .. Enum.GetNames<StatsdProfile>()];
            Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    private void Holds(Recording recording)
    {
        using var run = new ProviderRun(recording);
        var expectation = new Expectation(recording, run.MeterName, run.InstrumentName);
        var receiver = new ReceiverCheck(DocumentedRules.Of[recording.Profile]);
        for (var number = 0; number < Recording.Exports; number++)
        {
            var expected = expectation.Export(number);
            var actual = run.Export();
            try
            {
                receiver.Check(recording.MaxPacketBytes, expected, actual);
                Note(recording, expected, actual);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(Explain(recording, number, actual, exception), exception);
            }
        }
    }

    /// <summary>Remembers what has happened at all, lest the property hold for want of cases.</summary>
    private void Note(Recording recording, ExpectedExport expected, ActualExport actual)
    {
        seen.UnionWith(actual.PointsDropped.Keys);
        seen.UnionWith(expected.Values.Select(values => values.IsQuantile ? "quantile" : values.Type));
        seen.UnionWith(expected.Values.Any(values => !values.IsQuantile && values.Outcomes.SequenceEqual([null])) ? ["all values"] : []);
        var text = string.Concat(actual.Datagrams.Select(Encoding.UTF8.GetString));
        seen.UnionWith(text.Contains("|@0.5", StringComparison.Ordinal) ? ["weight"] : []);
        seen.UnionWith(expected.Values.Any(values => text.Contains($"{values.Name}:1:", StringComparison.Ordinal)) ? ["several values in a line"] : []);
        if (expected.PointsExported > 0)
        {
            seen.UnionWith(["exported", recording.Profile.ToString()]);
        }

        if (expected.Chunks.Any(chunk => chunk.AfterReset))
        {
            seen.Add("reset");
        }

        if (expected.Chunks.Any(chunk => chunk.Fields.Contains("|e:", StringComparison.Ordinal)))
        {
            seen.Add("external data");
        }

        if (expected.Chunks.Any(chunk => chunk.Fields.Contains("|card:", StringComparison.Ordinal)))
        {
            seen.Add("cardinality");
        }

        if (actual.Datagrams.Count > 1)
        {
            seen.Add("several packets");
        }
    }

    private static string Explain(Recording recording, int number, ActualExport actual, Exception exception)
    {
        var text = new StringBuilder(exception.Message).AppendLine().Append(recording).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"  export {number + 1} sent {actual.Datagrams.Count} datagrams:");
        foreach (var datagram in actual.Datagrams.Take(40))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"    {datagram.Length}: {Recording.Escaped(Encoding.UTF8.GetString(datagram), most: 1432)}");
        }

        return text.ToString();
    }
}
