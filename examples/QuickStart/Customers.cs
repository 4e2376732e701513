using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenTelemetry.Metrics;

namespace QuickStart;

/// <summary>Makes some traffic, so that there is something to see.</summary>
internal sealed class Customers(IHostApplicationLifetime lifetime, IServer server, MeterProvider metrics) : BackgroundService
{
    private static readonly string[] Products = ["book", "lamp", "teapot"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        using var _ = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task;

        var url = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var order = 1; await pause.WaitForNextTickAsync(stoppingToken); order++)
        {
            var product = Products[Random.Shared.Next(Products.Length)];
            using var response = await client.PostAsync(new Uri($"/orders/{product}", UriKind.Relative), null, stoppingToken);
            if (order == 5)
            {
                // Nobody who tries this out wants to wait for the first interval to end.
                metrics.ForceFlush();
            }
        }
    }
}
