using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

/// <summary>Which requests the endpoint answers with metrics, and what it answers to others.</summary>
public sealed class AdmissionTests
{
    private static readonly Action<PrometheusAspNetCoreOptions> Both = options =>
    {
        options.BearerToken = "t0ken";
        options.BasicCredentials = "prometheus:pass word";
    };

    [Theory]
    [InlineData("Bearer", "t0ken")]
    [InlineData("Basic", "cHJvbWV0aGV1czpwYXNzIHdvcmQ=")]
    public async Task Scrape_with_a_credential_gets_metrics(string scheme, string parameter)
    {
        await using var app = await StartAsync(Both);
        app.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(scheme, parameter);

        Assert.Contains("target_info{", await app.GetAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer other")]
    [InlineData("Basic t0ken")]
    public async Task Scrape_without_it_is_told_what_to_present(string? authorization)
    {
        using var recorder = new Recorder();
        await using var app = await StartAsync(Both);
        var before = recorder.Count("unauthorized");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(
            ["Bearer realm=\"metrics\"", "Basic realm=\"metrics\", charset=\"UTF-8\""],
            response.Headers.WwwAuthenticate.Select(challenge => challenge.ToString()));
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            "Metrics are read with a credential, and this request has not the right one.\n",
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(recorder.Count("unauthorized") > before);
    }

    [Fact]
    public async Task Two_headers_on_the_wire_are_none()
    {
        await using var app = await StartAsync(Both);
        var address = app.Client.BaseAddress!;
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t0ken\r\nAuthorization: Bearer t0ken\r\nConnection: close\r\n\r\n"),
            TestContext.Current.CancellationToken);

        var answer = await new StreamReader(client.GetStream()).ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer leaked-9c1e", "does not match")]
    [InlineData("Digest leaked-9c1e", "does not match")]
    [InlineData(null, "is missing")]
    public void Event_says_who_was_refused_but_not_what_was_presented(string? authorization, string why)
    {
        using var recorder = new Recorder();
        var admission = new ScrapeAdmission(EndpointCredentials.Create(new() { BearerToken = "secret-9c1e" }), new ExporterTelemetry());
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Headers.Authorization = authorization;
        context.Connection.RemoteIpAddress = IPAddress.Parse("2001:db8::9c1e");

        Assert.Equal(401, admission.Refuse(context)?.StatusCode);

        Assert.Contains(
            recorder.Events,
            entry => entry.Name == "Unauthorized" && entry.Text.StartsWith(
                $"A scrape from 2001:db8::9c1e was refused: its credential {why}.", StringComparison.Ordinal));
        Assert.DoesNotContain(recorder.Events, entry => entry.Text.Contains("leaked-9c1e", StringComparison.Ordinal));
        Assert.DoesNotContain(recorder.Events, entry => entry.Text.Contains("secret-9c1e", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("BREW")]
    public async Task Other_methods_are_not_allowed(string method)
    {
        await using var app = await StartAsync(_ => { });
        using var request = new HttpRequestMessage(new HttpMethod(method), "/metrics");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Equal("Metrics are read with GET or HEAD.\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Other_methods_are_not_allowed_while_the_sdk_is_disabled_either()
    {
        await using var app = await TestApp.StartAsync(
            metrics => metrics.AddPrometheusExporter(), app => app.MapPrometheusScrapingEndpoint(), [new("OTEL_SDK_DISABLED", "true")]);

        using var response = await app.Client.PostAsync("/metrics", content: null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task Head_is_answered_like_get_without_a_body()
    {
        await using var app = await StartAsync(_ => { });
        using var request = new HttpRequestMessage(HttpMethod.Head, "/metrics");

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("text/plain; version=0.0.4", response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static Task<TestApp> StartAsync(Action<PrometheusAspNetCoreOptions> options) => TestApp.StartAsync(
        metrics => metrics.AddPrometheusExporter(options), app => app.MapPrometheusScrapingEndpoint());
}
