using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>The fixture: what the parser makes of expositions written by hand.</summary>
public sealed class StrictOpenMetricsTests
{
    [Fact]
    public async Task Families_and_exemplars_are_read_back()
    {
        var result = await StrictOpenMetrics.ParseAsync(Encoding.UTF8.GetBytes("""
            # TYPE work_seconds counter
            # UNIT work_seconds seconds
            # HELP work_seconds Line\nfeed, é.
            work_seconds_total{k="\"\\"} 4.25 # {trace_id="4bf92f"} 0.5 1700000000.5
            # TYPE odd gauge
            odd{v="nan"} NaN
            odd{v="inf"} -Inf
            # EOF

            """));

        Assert.Null(result.Error);
        Assert.Equal(
            [("work_seconds", "counter", "Line\nfeed, é.", "seconds"), ("odd", "gauge", "", "")],
            result.Families.Select(family => (family.Name, family.Type, family.Help, family.Unit)));
        var sample = Assert.Single(result.Families[0].Samples);
        Assert.Equal(("work_seconds_total", "\"\\", 4.25), (sample.Name, sample.Labels["k"], sample.Value));
        Assert.NotNull(sample.Exemplar);
        Assert.Equal(("4bf92f", 0.5, 1700000000.5), (sample.Exemplar.Labels["trace_id"], sample.Exemplar.Value, sample.Exemplar.Timestamp));
        Assert.Equal([double.NaN, double.NegativeInfinity], result.Families[1].Samples.Select(odd => odd.Value));
    }

    [Theory]
    [InlineData("# TYPE a gauge\na 1\n", "EOF")]
    [InlineData("# TYPE a counter\na 1\n# EOF\n", "")]
    [InlineData("# TYPE a gauge\na 1 # {b=\"c\"} 1\n# EOF\n", "exemplar")]
    [InlineData("# TYPE a gauge\na 1\r\n# EOF\n", "")]
    public async Task Wrong_expositions_are_refused(string body, string reason)
    {
        var result = await StrictOpenMetrics.ParseAsync(Encoding.UTF8.GetBytes(body));

        Assert.NotNull(result.Error);
        Assert.Contains(reason, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(result.Families);
    }
}
