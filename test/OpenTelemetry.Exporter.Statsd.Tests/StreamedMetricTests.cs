using System.Text;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Text;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Streamed instruments have names, tags and types as aggregated ones do.</summary>
public sealed class StreamedMetricTests
{
    [Theory]
    [InlineData(StatsdProfile.DatadogAgent, MetricKind.Counter, "x:1|c|#k:v,env:test,service:shop")]
    [InlineData(StatsdProfile.DatadogAgent, MetricKind.Gauge, "x:1|g|#k:v,env:test,service:shop")]
    [InlineData(StatsdProfile.DatadogAgent, MetricKind.Histogram, "x:1|d|#k:v,env:test,service:shop")]
    [InlineData(StatsdProfile.StatsD, MetricKind.Histogram, "x:1|ms")]
    [InlineData(StatsdProfile.StatsDGraphite, MetricKind.Histogram, "x;k=v;env=test;service=shop:1|ms")]
    [InlineData(StatsdProfile.PrometheusStatsdExporter, MetricKind.Histogram, "x:1|h|#k:v,env:test,service:shop")]
    [InlineData(StatsdProfile.Telegraf, MetricKind.Histogram, "x,k=v,env=test,service=shop:1|h")]
    [InlineData(StatsdProfile.OpenTelemetryCollector, MetricKind.Histogram, "x:1|h|#k:v,env:test,service:shop")]
    internal void A_line_is_what_the_receiver_reads(StatsdProfile profile, MetricKind kind, string expected)
    {
        var factory = Factory(profile, options => options.Tags["env"] = "test");
        Assert.Equal(expected, LineOf(Create(factory, "x", kind), [new("k", "v")]));
    }

    [Theory]
    [InlineData(HistogramForm.Distribution, "x:1|d")]
    [InlineData(HistogramForm.Histogram, "x:1|h")]
    [InlineData(HistogramForm.Timing, "x:1|ms")]
    [InlineData(HistogramForm.Summary, "x:1|d")]
    [InlineData(HistogramForm.Buckets, "x:1|d")]
    public void A_form_says_what_the_values_of_its_histograms_are(HistogramForm form, string expected)
    {
        var factory = Factory(StatsdProfile.DatadogAgent, options => options.HistogramForms["x*"] = form);
        Assert.Equal(expected + "|#service:shop", LineOf(Create(factory, "x", MetricKind.Histogram), []));
    }

    [Fact]
    public void Datadogs_fields_end_each_line()
    {
        var factory = Factory(StatsdProfile.DatadogAgent, options => options.Cardinality = DatadogCardinality.Low);
        Assert.Equal("x:1|c|#service:shop|card:low", LineOf(Create(factory, "x", MetricKind.Counter), []));
    }

    [Theory]
    [InlineData("s", 1500)]
    [InlineData("ms", 1.5)]
    [InlineData("us", 0.0015)]
    [InlineData("By", 1.5)]
    [InlineData(null, 1.5)]
    public void Timings_are_in_milliseconds(string? unit, double expected)
    {
        var timing = Factory(StatsdProfile.StatsD).Create("x", unit, "meter", null, MetricKind.Histogram, () => false);
        Assert.Equal(expected, timing.Scale.Apply(1.5));
        var counter = Factory(StatsdProfile.StatsD).Create("x", unit, "meter", null, MetricKind.Counter, () => false);
        Assert.Equal(1.5, counter.Scale.Apply(1.5));
    }

    [Fact]
    public void Two_with_one_name_are_told_apart()
    {
        var factory = Factory(StatsdProfile.DatadogAgent);
        Assert.Equal("x:1|c|#service:shop", LineOf(Create(factory, "x", MetricKind.Counter), []));
        Assert.Equal("x.gauge:1|g|#service:shop", LineOf(Create(factory, "x", MetricKind.Gauge), []));
        Assert.Equal(
            "x:1|c|#service:shop,otel.scope.name:other,otel.scope.version:1",
            LineOf(factory.Create("x", null, "other", "1", MetricKind.Counter, () => false), []));
        Assert.Equal("x.2:1|c|#service:shop", LineOf(Create(factory, "x", MetricKind.Counter), []));
    }

    [Fact]
    public void A_meter_made_anew_keeps_its_names()
    {
        var factory = Factory(StatsdProfile.DatadogAgent);
        var isOver = false;
        Create(factory, "x", MetricKind.Counter, () => isOver);
        isOver = true;
        Assert.Equal("x:1|c|#service:shop", LineOf(Create(factory, "x", MetricKind.Counter), []));
    }

    [Fact]
    public void Threads_that_create_at_once_get_different_names()
    {
        var factory = Factory(StatsdProfile.DatadogAgent);
        var lines = new string[200];
        Parallel.For(0, lines.Length, i => lines[i] = LineOf(Create(factory, "x", MetricKind.Counter), [new("k", i)]));
        Assert.Equal(lines.Length, lines.Select(line => line[..line.IndexOf(':', StringComparison.Ordinal)]).Distinct().Count());
        Assert.All(Enumerable.Range(0, lines.Length), i => Assert.EndsWith($"|#k:{i},service:shop", lines[i], StringComparison.Ordinal));
    }

    private static MetricStreamFactory Factory(StatsdProfile profile, Action<StatsdExporterOptions>? configure = null)
    {
        var options = new StatsdExporterOptions { Endpoint = "udp://127.0.0.1:8125", Profile = profile };
        configure?.Invoke(options);
        var resource = new Resource([new("service.name", "shop")]);
        return new MetricStreamFactory(options.ToSettings(), () => resource);
    }

    private static StreamedMetric Create(MetricStreamFactory factory, string name, MetricKind kind, Func<bool>? isOver = null) =>
        factory.Create(name, null, "meter", null, kind, isOver ?? (() => false));

    private static string LineOf(StreamedMetric metric, KeyValuePair<string, object?>[] tags)
    {
        Span<byte> buffer = new byte[1000];
        Assert.True(LineWriter.TryWrite(buffer, metric.Line(metric.EncodeTags(tags)), 1L, NumberForm.Shortest, out var written));
        return Encoding.UTF8.GetString(buffer[..written]);
    }
}
