using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>What is excluded shows in no place of no format.</summary>
public sealed class HiddenAttributesTests
{
    private const string Secret = "s3cret-4711";

    public static TheoryData<string> Formats =>
    [
        "text/plain;version=0.0.4",
        "text/plain;version=1.0.0;escaping=allow-utf-8",
        "application/openmetrics-text;version=0.0.1",
        "application/openmetrics-text;version=1.0.0;escaping=values",
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
    ];

    public static TheoryData<string, PrometheusAspNetCoreTranslationStrategy> FormatsAndStrategies => new(
        from accept in Formats
        from strategy in new[] { PrometheusAspNetCoreTranslationStrategy.UnderscoreEscapingWithSuffixes, PrometheusAspNetCoreTranslationStrategy.NoTranslation }
        select (accept.Data, strategy));

    [Theory]
    [MemberData(nameof(FormatsAndStrategies))]
    public async Task Excluded_attribute_shows_nowhere(string accept, PrometheusAspNetCoreTranslationStrategy strategy)
    {
        var body = await ScrapeAsync(accept, options =>
        {
            options.ExcludedAttributes = ["user.*", "owner"];
            options.ResourceConstantLabels = _ => true;
            options.TranslationStrategy = strategy;
        });

        Assert.DoesNotContain(Secret, body, StringComparison.Ordinal);
        Assert.DoesNotContain("owner", body, StringComparison.Ordinal);
        Assert.Contains("shown-route", body, StringComparison.Ordinal);
        Assert.Contains("shown-team", body, StringComparison.Ordinal);
        Assert.Contains("shown-region", body, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Only_allowed_attributes_show_beside_the_resource(string accept)
    {
        var body = await ScrapeAsync(accept, options =>
        {
            options.AllowedAttributes = ["route"];
            options.ExcludedAttributes = ["user.host"];
        });

        Assert.DoesNotContain(Secret, body, StringComparison.Ordinal);
        Assert.Contains("shown-route", body, StringComparison.Ordinal);
        Assert.DoesNotContain("shown-team", body, StringComparison.Ordinal);
        Assert.Contains("shown-region", body, StringComparison.Ordinal);
    }

    /// <summary>Without the lists the secret is there as often as it was given, or the other tests could not fail.</summary>
    [Fact]
    public async Task Without_lists_all_shows()
    {
        var body = await ScrapeAsync("application/openmetrics-text;version=1.0.0", _ => { });

        foreach (var label in new[] { "user_id", "otel_scope_owner", "user_host", "user_name" })
        {
            Assert.Contains($"{label}=\"{Secret}\"", body, StringComparison.Ordinal);
        }
    }

    private static async Task<string> ScrapeAsync(string accept, Action<PrometheusAspNetCoreOptions> options)
    {
        var name = $"test.{Guid.NewGuid():N}";
        using var meter = new Meter(
            new MeterOptions(name) { Tags = [new("owner", Secret), new("team", "shown-team")] });
        await using var app = await TestApp.StartAsync(
            metrics => metrics
                .AddMeter(name)
                .ConfigureResource(resource => resource.AddAttributes([new("user.host", Secret), new("region", "shown-region")]))
                .SetExemplarFilter(ExemplarFilterType.AlwaysOn)
                .AddView("sizes", new ExplicitBucketHistogramConfiguration { Boundaries = [1], TagKeys = ["route"] })
                .AddPrometheusExporter(options),
            app => app.MapPrometheusScrapingEndpoint());
        var context = new Dictionary<string, object?> { ["user.id"] = Secret, ["list"] = new object[] { new Dictionary<string, object?> { ["user.id"] = Secret } } };
        meter.CreateCounter<long>("hits").Add(1, new("user.id", Secret), new("route", "shown-route"), new("context", context));
        meter.CreateHistogram<double>("sizes").Record(2, new("user.name", Secret), new("route", "shown-route"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", accept);

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(accept.Split(';')[0], response.Content.Headers.ContentType!.MediaType);
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
