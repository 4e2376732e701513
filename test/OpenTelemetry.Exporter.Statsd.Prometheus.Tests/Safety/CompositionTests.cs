using System.IO.Compression;
using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>The endpoint among what ASP.NET Core offers to guard and to relieve endpoints.</summary>
public sealed class CompositionTests
{
    private const string OpenMetrics = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    private const string Protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,text/plain;version=0.0.4;q=0.5";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Authorization_of_the_application_guards_the_endpoint()
    {
        await using var app = await StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapPrometheusScrapingEndpoint().RequireAuthorization("scraper");
            },
            services =>
            {
                services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, UserByHeader>("Test", null);
                services.AddAuthorizationBuilder().AddPolicy("scraper", policy => policy.RequireUserName("prometheus"));
            });

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, ("X-User", "somebody")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, ("X-User", "prometheus")));
    }

    [Fact]
    public async Task Host_of_the_route_decides()
    {
        await using var app = await StartAsync(app => app.MapPrometheusScrapingEndpoint().RequireHost("metrics.test"));

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(app, ("Host", "public.test")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, ("Host", "metrics.test")));
    }

    [Fact]
    public async Task Host_filtering_applies()
    {
        await using var app = await StartAsync(
            app =>
            {
                app.UseHostFiltering();
                app.UseOpenTelemetryPrometheusScrapingEndpoint();
            },
            services => services.Configure<HostFilteringOptions>(options => options.AllowedHosts = ["metrics.test"]));

        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(app, ("Host", "rebound.test")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, ("Host", "metrics.test")));
    }

    [Fact]
    public async Task Rate_limiter_applies()
    {
        await using var app = await StartAsync(
            app =>
            {
                app.UseRateLimiter();
                app.MapPrometheusScrapingEndpoint().RequireRateLimiting("scrapes");
            },
            services => services.AddRateLimiter(limiter =>
            {
                limiter.RejectionStatusCode = (int)HttpStatusCode.TooManyRequests;
                limiter.AddFixedWindowLimiter("scrapes", window => (window.PermitLimit, window.Window) = (2, TimeSpan.FromHours(1)));
            }));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(app));
    }

    [Fact]
    public async Task Output_cache_serves_each_scraper_its_own_format()
    {
        using var meter = TestApp.CreateMeter();
        var counter = meter.CreateCounter<long>("hits");
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddMeter(meter.Name).AddPrometheusExporter(o => o.ScrapeResponseCacheDurationMilliseconds = 0),
            app =>
            {
                app.UseOutputCache();
                app.MapPrometheusScrapingEndpoint()
                    .CacheOutput(policy => policy.SetVaryByHeader("Accept", "Accept-Encoding").Expire(TimeSpan.FromHours(1)));
                app.MapPrometheusScrapingEndpoint("/uncached");
            },
            services: (services, _) => services.AddOutputCache());
        counter.Add(1);
        (string, string)[][] scrapers =
        [
            [("Accept", "text/plain;version=0.0.4")],
            [("Accept", OpenMetrics)],
            [("Accept", Protobuf)],
            [("Accept", OpenMetrics), ("Accept-Encoding", "gzip")],
        ];

        foreach (var headers in scrapers)
        {
            using var uncached = await SendAsync(app, "/uncached", headers);
            using var first = await SendAsync(app, "/metrics", headers);
            counter.Add(1);
            using var second = await SendAsync(app, "/metrics", headers);

            Assert.Null(first.Headers.Age);
            Assert.NotNull(second.Headers.Age);
            Assert.Equal(uncached.Content.Headers.ContentType, second.Content.Headers.ContentType);
            Assert.Equal(uncached.Content.Headers.ContentEncoding, second.Content.Headers.ContentEncoding);
            Assert.Equal(await first.Content.ReadAsByteArrayAsync(Cancellation), await second.Content.ReadAsByteArrayAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Output_cache_gives_nobody_what_a_credential_was_needed_for()
    {
        await using var app = await StartAsync(
            app =>
            {
                app.UseOutputCache();
                app.MapPrometheusScrapingEndpoint().CacheOutput();
            },
            services => services.AddOutputCache(),
            options => options.BearerToken = "t0ken");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, ("Authorization", "Bearer t0ken")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, ("Authorization", "Bearer t0ken")));
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("identity", null)]
    public async Task Response_compression_does_not_encode_twice(string accepted, string? encoding)
    {
        await using var app = await StartAsync(
            app =>
            {
                app.UseResponseCompression();
                app.UseOpenTelemetryPrometheusScrapingEndpoint();
            },
            services => services.AddResponseCompression());

        using var response = await SendAsync(app, "/metrics", ("Accept-Encoding", accepted));

        Assert.Equal(encoding is null ? [] : [encoding], response.Content.Headers.ContentEncoding);
        var body = await response.Content.ReadAsStreamAsync(Cancellation);
        using var plain = encoding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => body,
        };
        Assert.StartsWith("# ", await new StreamReader(plain, Encoding.UTF8).ReadToEndAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Middleware_of_the_branch_runs_before_the_endpoint()
    {
        await using var app = await StartAsync(app => app.UseOpenTelemetryPrometheusScrapingEndpoint(
            null,
            null,
            null,
            branch => branch.Use((context, next) =>
            {
                if (context.Request.Headers.ContainsKey("X-User"))
                {
                    return next(context);
                }

                context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
                return Task.CompletedTask;
            }),
            null));

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, ("X-User", "prometheus")));
    }

    private static Task<TestApp> StartAsync(
        Action<WebApplication> pipeline,
        Action<IServiceCollection>? services = null,
        Action<PrometheusAspNetCoreOptions>? options = null) => TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(options ?? (_ => { })),
            pipeline,
            services: (collection, _) => services?.Invoke(collection));

    private static async Task<HttpStatusCode> StatusAsync(TestApp app, params (string Name, string Value)[] headers)
    {
        using var response = await SendAsync(app, "/metrics", headers);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(response.StatusCode == HttpStatusCode.OK, body.Contains("target_info", StringComparison.Ordinal));
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestApp app, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await app.Client.SendAsync(request, Cancellation);
    }

    /// <summary>Believes the header <c>X-User</c>.</summary>
    private sealed class UserByHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-User"] is not [{ } user])
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name)));
        }
    }
}
