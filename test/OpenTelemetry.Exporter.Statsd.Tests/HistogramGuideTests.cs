using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>The lines that docs/histograms.md shows are what its example writes.</summary>
public sealed class HistogramGuideTests
{
    private const string Omission = " … ";

    private static readonly (double Milliseconds, int Times)[] Recorded = [(12, 600), (15, 300), (40, 99), (250, 1)];

    public static TheoryData<StatsdProfile, HistogramForm> Shown => new()
    {
        { StatsdProfile.DatadogAgent, HistogramForm.Distribution },
        { StatsdProfile.StatsDGraphite, HistogramForm.Timing },
        { StatsdProfile.Telegraf, HistogramForm.Histogram },
        { StatsdProfile.Telegraf, HistogramForm.Summary },
        { StatsdProfile.PrometheusStatsdExporter, HistogramForm.Buckets },
    };

    [Theory]
    [MemberData(nameof(Shown))]
    public void The_page_shows_what_is_sent(StatsdProfile profile, HistogramForm form)
    {
        using var session = new Session(profile, options => options.HistogramForm = form, builder => builder.AddExponentialHistograms());
        var took = session.Meter.CreateHistogram<double>("took", "ms");
        foreach (var (milliseconds, times) in Recorded)
        {
            for (var i = 0; i < times; i++)
            {
                took.Record(milliseconds, new KeyValuePair<string, object?>("route", "orders"));
            }
        }

        var sent = string.Join('\n', session.FlushLines());
        var page = File.ReadAllText(Path.Combine(DocumentationTests.Root, "docs", "histograms.md"));
        var title = $"`{form}` on `{profile}`";
        var section = page.IndexOf(title, StringComparison.Ordinal);
        Assert.True(section >= 0, $"The page has no lines of {title}. They are:\n{sent}");
        var shown = page[section..].Split("```")[1]["text\n".Length..].TrimEnd();
        var from = 0;
        foreach (var part in shown.Split(Omission))
        {
            var at = sent.IndexOf(part, from, StringComparison.Ordinal);
            Assert.True(from == 0 ? at == 0 : at > 0, $"The page does not show what {title} is:\n{sent}");
            from = at + part.Length;
        }

        Assert.Equal(sent.Length, from);
    }
}
