using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>A program with names, texts and values that formats have syntax for, and with names that become equal or conflict.</summary>
internal sealed class HostileProgram : IAsyncDisposable
{
    public const string Text = "a\"b\\c\nd\te\u0001 {x=\"1\"} # €😀\r";

    /// <summary>The name of a metric with the value 2.</summary>
    public const string RenamedName = "1x\ninjected 1\ny";

    private HostileProgram(PrometheusApp app)
    {
        App = app;
    }

    public PrometheusApp App { get; }

    /// <summary>What it recorded, by series.</summary>
    public static Dictionary<string, double> Numbers => new()
    {
        [Spelling.Series(
            "hostile",
            ("text", Text),
            ("same_key", "1;2"),
            ("surrogate", "\ufffd"),
            ("_1st", "true"),
            ("exported_job", "j"),
            ("_name_", "n"))] = 1,
        [Spelling.Series("hostile", ("text", string.Concat(Enumerable.Repeat(Text, 100))))] = -1e-7,
        [Spelling.Series("hostile", ("text", "smallest"))] = double.Epsilon,
        [Spelling.Series("hostile", ("text", "largest"))] = double.MaxValue,
        [Spelling.Series("_1x_injected_1_y")] = 2,
        [Spelling.Series("both")] = 3,
        [Spelling.Bucket("both_distribution", 5)] = 1,
        [Spelling.Bucket("both_distribution", double.PositiveInfinity)] = 1,
        [Spelling.Series("both_distribution_sum")] = 4,
        [Spelling.Series("both_distribution_count")] = 1,
        [Spelling.Series("both_accumulated_total")] = 5,
        [Spelling.Series("twice_total", ("a_b", "1"))] = 6,
        [Spelling.Series("twice_total", ("a_b", "1"), ("otel_duplicate", "2"))] = 7,
        [Spelling.Series("bound_bucket", ("exported_le", "x"), ("le", "5"))] = 0,
        [Spelling.Series("bound_bucket", ("exported_le", "x"), ("le", "+Inf"))] = 1,
        [Spelling.Series("bound_sum", ("exported_le", "x"))] = 8,
        [Spelling.Series("bound_count", ("exported_le", "x"))] = 1,
        [Spelling.Series("bound_sum_value")] = 9,
        [Spelling.Series("target_info_value")] = 10,
        [Spelling.Series("nul_total", ("a_b", "c\0d"))] = 11,
    };

    public static async Task<HostileProgram> StartAsync(PrometheusAspNetCoreTranslationStrategy strategy)
    {
        var app = await PrometheusApp.StartAsync(metrics => metrics
            .ConfigureServices(services => services.Configure<PrometheusAspNetCoreOptions>(options => options.TranslationStrategy = strategy))
            .AddView(instrument => instrument is Histogram<long> ? new ExplicitBucketHistogramConfiguration { Boundaries = [5] } : null)
            .AddView("renamed", RenamedName)
            .AddView("nul", new MetricStreamConfiguration { TagKeys = ["a\0b"] })
            .SetExemplarFilter(ExemplarFilterType.AlwaysOn));
        Record(app.Meter);
        return new HostileProgram(app);
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    private static void Record(Meter meter)
    {
        var hostile = meter.CreateGauge<double>("hostile", null, Text);
        hostile.Record(
            1,
            new("text", Text),
            new("same.key", 1),
            new("same_key", 2),
            new("surrogate", "\ud800"),
            new("1st", true),
            new("nil", null),
            new("job", "j"),
            new("__name__", "n"));
        hostile.Record(-1e-7, new KeyValuePair<string, object?>("text", string.Concat(Enumerable.Repeat(Text, 100))));
        hostile.Record(double.Epsilon, new KeyValuePair<string, object?>("text", "smallest"));
        hostile.Record(double.MaxValue, new KeyValuePair<string, object?>("text", "largest"));
        meter.CreateGauge<long>("renamed").Record(2);
        meter.CreateGauge<long>("both").Record(3);
        meter.CreateHistogram<long>("both").Record(4);
        meter.CreateCounter<long>("both").Add(5);
        var twice = meter.CreateCounter<long>("twice");
        twice.Add(6, new KeyValuePair<string, object?>("a.b", 1));
        twice.Add(7, new KeyValuePair<string, object?>("a_b", 1));
        meter.CreateHistogram<long>("bound").Record(8, new KeyValuePair<string, object?>("le", "x"));
        meter.CreateGauge<long>("bound.sum").Record(9);
        meter.CreateGauge<long>("target.info").Record(10);
        meter.CreateCounter<long>("nul").Add(11, new("a\0b", "c\0d"), new("e\0f", "g\0h"));
    }
}
