using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>However configuration has a list of attributes, none of it is passed over: that would expose what it hides.</summary>
public sealed class BoundAttributesTests
{
    public static TheoryData<string, string[]?> Lists => new()
    {
        { """["user.*", "a,b"]""", ["user.*", "a,b"] },
        { "[]", [] },
        { "\"user.*\"", ["user.*"] },
        { "\"user.*, client.address,\"", ["user.*", "client.address"] },
        { "\"\"", [] },
        { "\" \"", [] },
        { "null", null },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Json_texts_and_lists(string list, string[]? keys)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(Json(list)).Build();

        AssertBinds<PrometheusAspNetCoreOptions>(configuration, keys);
        AssertBinds<PrometheusPushgatewayOptions>(configuration, keys);
    }

    [Theory]
    [InlineData("", "user.*", "user.*")]
    [InlineData("", "user.*,client.address", "user.*", "client.address")]
    [InlineData("__0", "user.*", "user.*")]
    [InlineData("", "")]
    public void Environment_variables(string suffix, string value, params string[] keys)
    {
        var prefix = $"T{Guid.NewGuid():N}_";
        string[] names = [$"{prefix}AllowedAttributes{suffix}", $"{prefix}ExcludedAttributes{suffix}"];
        foreach (var name in names)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        try
        {
            // An empty list, which variables fill in.
            AssertBinds<PrometheusAspNetCoreOptions>(new ConfigurationBuilder().AddEnvironmentVariables(prefix).Build(), keys);
            AssertBinds<PrometheusAspNetCoreOptions>(
                new ConfigurationBuilder().AddJsonStream(Json("[]")).AddEnvironmentVariables(prefix).Build(), keys);
        }
        finally
        {
            foreach (var name in names)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    [Fact]
    public void Text_and_list_of_several_sources_are_added_and_code_has_the_last_word()
    {
        var options = new PrometheusAspNetCoreOptions();
        new ConfigurationBuilder()
            .AddJsonStream(Json("[\"user.*\"]"))
            .AddInMemoryCollection([new("ExcludedAttributes", "client.address")])
            .Build()
            .Bind(options);
        options.AllowedAttributes = null;

        Assert.Equal(["client.address", "user.*"], options.ExcludedAttributes?.Order(StringComparer.Ordinal));
        Assert.Null(options.AllowedAttributes);
    }

    [Theory]
    [InlineData("ExcludedAttributes", "user.*", "hits_total{route=\"/\"} 1")]
    [InlineData("AllowedAttributes", "", "hits_total 1")]
    public async Task What_is_hidden_by_a_text_is_not_exposed(string option, string text, string sample)
    {
        using var meter = TestApp.CreateMeter();
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(options => options.ScopeInfoEnabled = false),
            app => app.MapPrometheusScrapingEndpoint(),
            [new($"Prometheus:{option}", text)],
            (services, configuration) => services.Configure<PrometheusAspNetCoreOptions>(configuration.GetSection("Prometheus")));
        meter.CreateCounter<long>("hits").Add(1, new("route", "/"), new("user.id", "s3cret"));

        var body = await app.GetAsync();

        Assert.EndsWith($"\n{sample}\n", body, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", body, StringComparison.Ordinal);
    }

    private static void AssertBinds<TOptions>(IConfiguration configuration, string[]? keys)
        where TOptions : PrometheusExpositionOptions, new()
    {
        var options = new TOptions();
        configuration.Bind(options);

        Assert.Equal(keys, options.AllowedAttributes);
        Assert.Equal(keys, options.ExcludedAttributes);
    }

    private static MemoryStream Json(string list) =>
        new(Encoding.UTF8.GetBytes($$"""{"AllowedAttributes": {{list}}, "ExcludedAttributes": {{list}}}"""));
}
