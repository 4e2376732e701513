using System.Globalization;
using Benchmarks.Prometheus;
using Benchmarks.Rivals;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

// Started by the benchmark: scrape-server <exporter> <series>
Func<WebApplication, int, Action> mount = args[1] switch
{
    ExporterNames.Official => OfficialExporter.Mount,
    ExporterNames.PrometheusNet => PrometheusNetExporter.Mount,
    _ => throw new ArgumentException($"'{args[1]}' is not here.", nameof(args)),
};
ScrapeServer.Run(
    int.Parse(args[2], CultureInfo.InvariantCulture),
    (app, series) =>
    {
        app.UseResponseCompression();
        return mount(app, series);
    },
    builder => builder.Services.AddResponseCompression(options => options.MimeTypes = Enum.GetValues<ScrapeFormat>().Select(ScrapeFormats.MediaType)));
