extern alias prometheus;

using System.IO.Pipelines;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using prometheus::OpenTelemetry.Exporter.Prometheus.Exposition;
using prometheus::OpenTelemetry.Exporter.Prometheus.Naming;
using prometheus::OpenTelemetry.Exporter.Prometheus.Scraping;
using prometheus::OpenTelemetry.Metrics;

namespace Benchmarks.Prometheus;

/// <summary>Our exporter without HTTP: from a scrape to bytes in a <see cref="PipeWriter"/>.</summary>
/// <remarks>The only file here that knows the package's internals.</remarks>
internal sealed class ScrapeSubject : IDisposable
{
    private readonly MeterProvider provider;
    private readonly PrometheusExporter exporter;

    public ScrapeSubject(string meterName)
    {
        provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(meterName)
            .AddPrometheusExporter(options =>
            {
                options.ScrapeResponseCacheDurationMilliseconds = 0;
                options.MaxScrapeResponseSizeBytes = int.MaxValue;
            })
            .Build();
        exporter = ScrapeReaders.Find(provider, string.Empty)!.Exporter;
    }

    /// <summary>Collects and writes everything.</summary>
    public async ValueTask ScrapeAsync(ScrapeFormat format, PipeWriter output)
    {
        using var scrape = await exporter.ScrapeAsync(exporter.FormatOf(Negotiated(format)), CancellationToken.None);
        if (scrape.Failure is { } failure)
        {
            throw new InvalidOperationException(failure.Reason);
        }

        await ExpositionStream.WriteAsync(scrape.CreateWriter(), output, CancellationToken.None);
    }

    public void Dispose() => provider.Dispose();

    private static NegotiatedFormat Negotiated(ScrapeFormat format)
    {
        var syntax = format switch
        {
            ScrapeFormat.Text => ExpositionSyntax.Text004,
            ScrapeFormat.OpenMetrics => ExpositionSyntax.OpenMetrics100,
            _ => ExpositionSyntax.Protobuf,
        };
        return new NegotiatedFormat(syntax, EscapingScheme.Underscores);
    }
}
