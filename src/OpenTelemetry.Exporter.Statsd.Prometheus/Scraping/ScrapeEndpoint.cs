using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Answers a scrape over HTTP.</summary>
/// <remarks>Thread-safe: holds no state of a request.</remarks>
internal sealed class ScrapeEndpoint
{
    private readonly PrometheusExporter? exporter;
    private readonly string configuredPath;

    private ScrapeEndpoint(PrometheusExporter? exporter, string configuredPath)
    {
        this.exporter = exporter;
        this.configuredPath = configuredPath;
    }

    /// <summary>Finds the exporter to serve.</summary>
    /// <exception cref="InvalidOperationException">There is none, although the SDK is enabled.</exception>
    public static ScrapeEndpoint Create(IServiceProvider services, MeterProvider? meterProvider, string? optionsName)
    {
        // The provider comes first: building it validates the options.
        meterProvider ??= services.GetRequiredService<MeterProvider>();
        var name = optionsName ?? Options.DefaultName;
        var exporter = ExporterRegistry.Find(meterProvider, name);

        // A disabled SDK builds no exporters, whoever adds them.
        if (exporter is null && !IsSdkDisabled(services))
        {
            throw new InvalidOperationException(
                "The MeterProvider has no Prometheus exporter. Call AddPrometheusExporter() on its builder.");
        }

        var options = exporter?.Name == name
            ? exporter.Options
            : services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(name);
        return new ScrapeEndpoint(exporter, options.ScrapeEndpointPath ?? PrometheusAspNetCoreOptions.DefaultScrapeEndpointPath);
    }

    /// <summary>The path to answer on: <paramref name="path"/>, or the configured one, with a leading slash.</summary>
    public string ResolvePath(string? path)
    {
        path ??= configuredPath;
        return path.StartsWith('/') ? path : $"/{path}";
    }

    /// <summary>Answers one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        ExpositionFormat format = Negotiate();
        if (exporter is null)
        {
            // A disabled SDK has no samples, which is a valid exposition: the target stays up.
            context.Response.ContentType = format.ContentType;
            return;
        }

        try
        {
            using var response = await exporter.ScrapeAsync(format, context.RequestAborted).ConfigureAwait(false);
            await WriteAsync(context, response, format).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The scraper has gone; nobody is left to answer.
        }
    }

    /// <summary>Asks what the SDK asks; nothing public about a provider tells whether it is a disabled one.</summary>
    private static bool IsSdkDisabled(IServiceProvider services) =>
        bool.TryParse(services.GetService<IConfiguration>()?["OTEL_SDK_DISABLED"], out var isDisabled) && isDisabled;

    /// <summary>The format to answer in. There is one so far, which every scraper reads whatever it would prefer.</summary>
    private static TextFormat004 Negotiate() => TextFormat004.Instance;

    private static async Task WriteAsync(HttpContext context, ScrapeResponse scrape, ExpositionFormat format)
    {
        var response = context.Response;
        if (scrape.Failure is { } failure)
        {
            response.StatusCode = failure.StatusCode;
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync(failure.Reason, context.RequestAborted).ConfigureAwait(false);
            return;
        }

        response.ContentType = format.ContentType;
        response.ContentLength = scrape.Body.Length;
        foreach (var segment in scrape.Body.Segments)
        {
            await response.Body.WriteAsync(segment, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
