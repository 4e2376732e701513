using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Answers a scrape over HTTP.</summary>
/// <remarks>Thread-safe: holds no state of a request.</remarks>
internal sealed class ScrapeEndpoint
{
    private static readonly ExpositionFormats DisabledFormats = new(new ExpositionSettings(2, false), isEscapedFirst: false);

    private readonly PrometheusExporter? exporter;
    private readonly string configuredPath;

    private ScrapeEndpoint(PrometheusExporter? exporter, string configuredPath)
    {
        this.exporter = exporter;
        this.configuredPath = configuredPath;
    }

    /// <summary>The endpoint of <paramref name="exporter"/>.</summary>
    public static ScrapeEndpoint Of(PrometheusExporter exporter) =>
        new(exporter, exporter.Options.ScrapeEndpointPath ?? PrometheusAspNetCoreOptions.DefaultScrapeEndpointPath);

    /// <summary>Finds the exporter to serve.</summary>
    /// <exception cref="OptionsValidationException">An option of that name is out of range, and the exporter that is served has another name.</exception>
    /// <exception cref="InvalidOperationException">There is no provider, or no exporter, although the SDK is enabled, or there are several and none of that name.</exception>
    public static ScrapeEndpoint Create(IServiceProvider services, MeterProvider? meterProvider, string? optionsName)
    {
        // The provider comes first: building it validates the options.
        meterProvider ??= services.GetService<MeterProvider>() ?? throw new InvalidOperationException(
            "There is no MeterProvider, hence no Prometheus exporter. Call AddOpenTelemetry().WithMetrics(metrics => metrics.AddPrometheusExporter()).");
        var name = optionsName ?? Options.DefaultName;
        var exporter = ScrapeReaders.Find(meterProvider, name)?.Exporter;

        // A disabled SDK builds no exporters, whoever adds them.
        if (exporter is null && !IsSdkDisabled(services))
        {
            throw new InvalidOperationException(
                "The MeterProvider has no Prometheus exporter. Call AddPrometheusExporter() on its builder.");
        }

        if (exporter is not null && (name == Options.DefaultName || name == exporter.Name))
        {
            return Of(exporter);
        }

        var options = services.GetRequiredService<IOptionsMonitor<PrometheusAspNetCoreOptions>>().Get(name);
        PrometheusOptionsValidation.Validate(name, options);
        return new ScrapeEndpoint(exporter, options.ScrapeEndpointPath ?? PrometheusAspNetCoreOptions.DefaultScrapeEndpointPath);
    }

    /// <summary>The path to answer on: <paramref name="path"/>, or the configured one, with a leading slash and without one at the end.</summary>
    public string ResolvePath(string? path) => $"/{(path ?? configuredPath).Trim('/')}";

    /// <summary>Answers one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var response = new ScrapeResponse(context, AcceptEncodingNegotiation.Choose(request.Headers.AcceptEncoding));
        var negotiated = AcceptNegotiation.Choose(request.Headers.Accept);
        if ((exporter is null ? ScrapeAdmission.RefuseMethod(context) : exporter.Admission.Refuse(context)) is { } refusal)
        {
            await response.WriteFailureAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (exporter is null)
        {
            // A disabled SDK has no samples, which is a valid exposition: the target stays up.
            await response.WriteEmptyAsync(DisabledFormats[negotiated]).ConfigureAwait(false);
            return;
        }

        try
        {
            await AnswerAsync(context, response, exporter, negotiated).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The scraper has gone, or middleware has lost its patience, which is told so if it can still answer.
            if (!response.TryBreakOff())
            {
                throw;
            }
        }
    }

    private static async Task AnswerAsync(HttpContext context, ScrapeResponse response, PrometheusExporter exporter, NegotiatedFormat negotiated)
    {
        // Always a limit: no reader may hold a collection in memory for ever.
        var limit = TimeSpan.FromMilliseconds(exporter.Options.ScrapeResponseTimeoutMilliseconds);
        using var timeout = new CancellationTokenSource(ScrapeTimeout.Choose(context.Request.Headers[ScrapeTimeout.HeaderName], limit));
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, timeout.Token);
        try
        {
            var format = exporter.FormatOf(negotiated);
            using var scrape = await exporter.ScrapeAsync(format, deadline.Token).ConfigureAwait(false);
            if (scrape.Failure is { } failure)
            {
                await response.WriteFailureAsync(failure).ConfigureAwait(false);
            }
            else
            {
                await SendAsync(response, exporter, format, scrape, deadline.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            // As well as by the timer the request may be aborted by now, see below.
            exporter.Telemetry.ScrapeTimedOut();
            await response.EndAsync(ScrapeFailure.Late).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the scraper is told.
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
#pragma warning restore CA1031
        {
            exporter.Telemetry.ScrapeFailed(exception);
            await response.EndAsync(ScrapeFailure.Failed).ConfigureAwait(false);
        }
    }

    private static async Task SendAsync(
        ScrapeResponse response, PrometheusExporter exporter, ExpositionFormat format, Scrape scrape, CancellationToken deadline)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline, scrape.Evicted);
        try
        {
            await response.WriteAsync(format, scrape.CreateWriter(), end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (scrape.Evicted.IsCancellationRequested)
        {
            // The request may be aborted by now as well: Kestrel does that itself when sending is cancelled.
            exporter.Telemetry.ScraperTooSlow();
            await response.EndAsync(ScrapeFailure.Evicted).ConfigureAwait(false);
        }
    }

    /// <summary>Asks what the SDK asks; nothing public about a provider tells whether it is a disabled one.</summary>
    private static bool IsSdkDisabled(IServiceProvider services) =>
        bool.TryParse(services.GetService<IConfiguration>()?["OTEL_SDK_DISABLED"], out var isDisabled) && isDisabled;
}
