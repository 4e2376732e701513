extern alias prometheus;

using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using prometheus::Microsoft.AspNetCore.Builder;
using prometheus::OpenTelemetry.Metrics;

namespace Benchmarks.Prometheus;

/// <summary>
/// Our exporter behind HTTP, and the floors: a collection whose points are walked, answered with nothing, or with as many bytes as there are
/// of text, which shows what Kestrel takes for sending them.
/// </summary>
internal static class OwnServers
{
    private const int TextBytesPerSeries = 360;
    private const int PieceBytes = 16 * 1024;

    /// <param name="args">Which one, and the number of series.</param>
    public static void Run(string[] args) =>
        ScrapeServer.Run(int.Parse(args[1], CultureInfo.InvariantCulture), args[0] switch
        {
            ExporterNames.Ours => MountOurs,
            ExporterNames.Blank => (app, series) => MountWalk(app, series, series * TextBytesPerSeries),
            _ => (app, series) => MountWalk(app, series, bytes: 0),
        });

    private static Action MountOurs(WebApplication app, int series)
    {
        var workload = new ScrapeWorkload(ScrapeMix.Instruments(series));
        var provider = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateEmpty())
            .AddMeter(workload.MeterName)
            .AddPrometheusExporter(options => options.ScrapeResponseCacheDurationMilliseconds = 0)
            .Build();
        app.UseOpenTelemetryPrometheusScrapingEndpoint(provider, null, ScrapeServer.Path, null, null);
        return workload.Record;
    }

    private static Action MountWalk(WebApplication app, int series, int bytes)
    {
        var workload = new ScrapeWorkload(ScrapeMix.Instruments(series));
        var reader = new CumulativeReader(workload.MeterName, new CumulativeWalk());
        var piece = new byte[PieceBytes];
        app.Map(ScrapeServer.Path, branch => branch.Run(async context =>
        {
            reader.Collect();
            context.Response.ContentType = ScrapeFormat.Text.Accept();
            for (var left = bytes; left > 0; left -= PieceBytes)
            {
                await context.Response.BodyWriter.WriteAsync(piece.AsMemory(0, Math.Min(left, PieceBytes)));
            }
        }));
        return workload.Record;
    }
}
