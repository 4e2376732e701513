using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>Calls every overload of the official package, each as its users write it, and scrapes what it makes.</summary>
public sealed class OverloadTests
{
    public static TheoryData<string, Action<WebApplication>> Pipelines => new()
    {
        { "/metrics", app => app.MapPrometheusScrapingEndpoint() },
        { "/m1", app => app.MapPrometheusScrapingEndpoint("/m1") },
        { "/m2", app => app.MapPrometheusScrapingEndpoint("m2") },
        { "/m2", app => app.MapPrometheusScrapingEndpoint("/m2/") },
        { "/", app => app.MapPrometheusScrapingEndpoint("") },
        { "/", app => app.MapPrometheusScrapingEndpoint("/") },
        { "/m3", app => app.MapPrometheusScrapingEndpoint(path: "/m3", meterProvider: null, configureBranchedPipeline: null, optionsName: null) },
        { "/metrics", app => app.MapPrometheusScrapingEndpoint(null, app.Services.GetRequiredService<MeterProvider>(), null, null) },
        { "/metrics", app => app.UseOpenTelemetryPrometheusScrapingEndpoint() },
        { "/u1", app => app.UseOpenTelemetryPrometheusScrapingEndpoint("/u1") },
        { "/u2", app => app.UseOpenTelemetryPrometheusScrapingEndpoint("u2") },
        { "/u2", app => app.UseOpenTelemetryPrometheusScrapingEndpoint("/u2/") },
        { "/any", app => app.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Path == "/any") },
        { "/u3", app => app.UseOpenTelemetryPrometheusScrapingEndpoint(
            meterProvider: null, predicate: null, path: "/u3", configureBranchedPipeline: null, optionsName: null) },
        { "/p", app => app.UseOpenTelemetryPrometheusScrapingEndpoint(
            app.Services.GetRequiredService<MeterProvider>(), context => context.Request.Path == "/p", "/ignored", null, null) },
    };

    public static TheoryData<string, Func<MeterProviderBuilder, MeterProviderBuilder>> Exporters => new()
    {
        { "/metrics", builder => builder.AddPrometheusExporter() },
        { "/c1", builder => builder.AddPrometheusExporter(options => options.ScrapeEndpointPath = "/c1") },
        { "/c2", builder => builder.AddPrometheusExporter(name: null, configure: options => options.ScrapeEndpointPath = "c2") },
        { "/metrics", builder => builder.AddPrometheusExporter(name: null, configure: null) },
        { "/metrics", builder => builder.AddPrometheusExporter(options => options.ScrapeEndpointPath = null) },
        { "/c3", builder => builder.AddPrometheusExporter(options => options.ScrapeEndpointPath = "/c3/") },
        { "/c3/", builder => builder.AddPrometheusExporter(options => options.ScrapeEndpointPath = "/c3/") },
        { "/", builder => builder.AddPrometheusExporter(options => options.ScrapeEndpointPath = "") },
    };

    [Theory]
    [MemberData(nameof(Pipelines), DisableDiscoveryEnumeration = true)]
    public async Task Endpoint_answers_there_and_only_there(string path, Action<WebApplication> pipeline)
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(), pipeline);
        meter.CreateCounter<long>("hits").Add(3);

        Assert.Contains("hits_total{", await app.GetAsync(path), StringComparison.Ordinal);
        using var elsewhere = await app.Client.GetAsync("/elsewhere", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Exporters), DisableDiscoveryEnumeration = true)]
    public async Task Exporter_is_served_where_its_options_say(string path, Func<MeterProviderBuilder, MeterProviderBuilder> add)
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => add(metrics.AddMeter(meter.Name)),
            app => app.MapPrometheusScrapingEndpoint());
        meter.CreateCounter<long>("hits").Add(3);

        Assert.Contains("hits_total{", await app.GetAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Branch_callback_puts_middleware_before_the_endpoint()
    {
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(),
            app =>
            {
                app.MapPrometheusScrapingEndpoint("/mapped", null, Stamp, null);
                app.UseOpenTelemetryPrometheusScrapingEndpoint(null, null, "/used", Stamp, null);
            });

        foreach (var path in new[] { "/mapped", "/used" })
        {
            using var response = await app.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(["yes"], response.Headers.GetValues("X-Stamp"));
        }

        static void Stamp(IApplicationBuilder branch) => branch.Use((context, next) =>
        {
            context.Response.Headers["X-Stamp"] = "yes";
            return next(context);
        });
    }

    [Fact]
    public async Task Conventions_of_the_route_apply()
    {
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(),
            app => app.MapPrometheusScrapingEndpoint().RequireHost("nowhere.example"));

        using var response = await app.Client.GetAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Each_named_exporter_has_its_own_path_and_options()
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name)
                .AddPrometheusExporter("plain", options =>
                {
                    options.ScrapeEndpointPath = "/plain";
                    options.ScopeInfoEnabled = false;
                })
                .AddPrometheusExporter("scoped", options => options.ScrapeEndpointPath = "/scoped")
                .AddPrometheusExporter(),
            app =>
            {
                app.MapPrometheusScrapingEndpoint(null, null, null, "plain");
                app.UseOpenTelemetryPrometheusScrapingEndpoint(null, null, null, null, "scoped");
                app.MapPrometheusScrapingEndpoint();
            });
        meter.CreateCounter<long>("hits").Add(3);

        Assert.Contains("\nhits_total 3\n", await app.GetAsync("/plain"), StringComparison.Ordinal);
        Assert.Contains("\nhits_total{otel_scope_name=", await app.GetAsync("/scoped"), StringComparison.Ordinal);
        Assert.Contains("\nhits_total{otel_scope_name=", await app.GetAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Name_without_exporter_serves_the_only_one_at_the_path_of_the_named_options()
    {
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter("first", null),
            app => app.MapPrometheusScrapingEndpoint(null, null, null, "only-a-path"),
            services: (services, _) => services.Configure<PrometheusAspNetCoreOptions>("only-a-path", o => o.ScrapeEndpointPath = "/here"));

        Assert.Contains("target_info", await app.GetAsync("/here"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Path_of_named_options_without_exporter_is_validated_too()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter("first", null),
            app => app.MapPrometheusScrapingEndpoint(null, null, null, "only-a-path"),
            services: (services, _) => services.Configure<PrometheusAspNetCoreOptions>("only-a-path", o => o.ScrapeEndpointPath = "/{*all}")));

        Assert.Contains("ScrapeEndpointPath of exporter 'only-a-path' is '/{*all}'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Default_name_serves_the_only_exporter_at_its_own_path()
    {
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter("internal", options => options.ScrapeEndpointPath = "/internal/metrics"),
            app => app.MapPrometheusScrapingEndpoint());

        Assert.Contains("target_info", await app.GetAsync("/internal/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plian")]
    [InlineData(null)]
    public async Task Name_that_none_of_several_exporters_has_is_refused(string? name)
    {
        foreach (var map in new Action<WebApplication>[]
        {
            app => app.MapPrometheusScrapingEndpoint("/metrics", null, null, name),
            app => app.UseOpenTelemetryPrometheusScrapingEndpoint(null, null, "/metrics", null, name),
        })
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(
                metrics => metrics.AddPrometheusExporter("everything", null).AddPrometheusExporter("plain", null), map));

            Assert.StartsWith($"The MeterProvider has no Prometheus exporter with the name '{name}'.", error.Message, StringComparison.Ordinal);
            Assert.Contains("'everything', 'plain'", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Provider_of_its_own_can_be_served()
    {
        using var scrape = new Scrape(options => options.ScrapeEndpointPath = "/own");
        scrape.Meter().CreateGauge<int>("mine").Record(7);
        await using var app = await TestApp.StartAsync(
            null,
            app => app.MapPrometheusScrapingEndpoint(null, scrape.Provider, null, null));

        Assert.Contains("\nmine{", await app.GetAsync("/own"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exporter_can_be_added_while_the_provider_is_built()
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name),
            app => app.MapPrometheusScrapingEndpoint(),
            services: (services, _) => services.ConfigureOpenTelemetryMeterProvider((_, builder) => builder.AddPrometheusExporter()));
        meter.CreateGauge<int>("late").Record(7);

        Assert.Contains("\nlate{", await app.GetAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("false", true)]
    [InlineData("yes", true)]
    public async Task Endpoint_without_exporter_says_what_to_call(string? disabled, bool hasEmptyResource)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(
            metrics => metrics.AddMeter("x").ConfigureResource(resource => _ = hasEmptyResource ? resource.Clear() : resource),
            app => app.MapPrometheusScrapingEndpoint(),
            [new("OTEL_SDK_DISABLED", disabled)]));

        Assert.Contains("AddPrometheusExporter", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoint_without_provider_says_what_to_call()
    {
        foreach (var map in new Action<WebApplication>[]
        {
            app => app.MapPrometheusScrapingEndpoint(),
            app => app.UseOpenTelemetryPrometheusScrapingEndpoint(),
        })
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(null, map));

            Assert.StartsWith("There is no MeterProvider", error.Message, StringComparison.Ordinal);
            Assert.Contains("AddPrometheusExporter", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Null_arguments_are_refused()
    {
        Assert.Throws<ArgumentNullException>(() => ((MeterProviderBuilder)null!).AddPrometheusExporter());
        Assert.Throws<ArgumentNullException>(() => ((IApplicationBuilder)null!).UseOpenTelemetryPrometheusScrapingEndpoint());
        Assert.Throws<ArgumentNullException>(() => ((IEndpointRouteBuilder)null!).MapPrometheusScrapingEndpoint());
        var app = WebApplication.CreateSlimBuilder().Build();
        Assert.Throws<ArgumentNullException>(() => app.MapPrometheusScrapingEndpoint(null!));
        Assert.Throws<ArgumentNullException>(() => app.UseOpenTelemetryPrometheusScrapingEndpoint((string)null!));
        Assert.Throws<ArgumentNullException>(() => app.UseOpenTelemetryPrometheusScrapingEndpoint((Func<HttpContext, bool>)null!));
    }
}
