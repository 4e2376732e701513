// A web application whose metrics go to a StatsD server and to Prometheus.
//   dotnet run --project examples/QuickStart                                      shows the lines itself
//   dotnet run --project examples/QuickStart -- --endpoint udp://localhost:8125   sends them to a real server
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using QuickStart;

var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<Shop>();
builder.Services.AddHostedService<Customers>();
using var receiver = LineReceiver.StartUnless(builder.Configuration["endpoint"]);

builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("quickstart")).WithMetrics(metrics => metrics
    .AddMeter(Shop.MeterName)
    .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
    .AddStatsdExporter((statsd, reader) =>
    {
        statsd.Endpoint = builder.Configuration["endpoint"] ?? receiver?.Endpoint;
        statsd.Tags["env"] = "demo";
        reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 5000;
    })
    .AddPrometheusExporter());

var app = builder.Build();
app.MapPrometheusScrapingEndpoint();
app.MapPost("/orders/{product}", (string product, Shop shop) => shop.Order(product));
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"Prometheus may scrape {app.Urls.First()}/metrics; Ctrl+C ends."));
app.Run();
