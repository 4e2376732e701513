using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Benchmarks.Prometheus;

/// <summary>A program that is scraped, in a process of its own, so that its time and memory are nobody else's. Only the exporter differs.</summary>
/// <remarks>
/// Says its port, and then answers each line of its input: <see cref="Record"/> records every series anew, <see cref="Settle"/> collects
/// garbage, and both, as any other line, are answered with a <see cref="ServerMemory"/>. Ends with its input.
/// </remarks>
internal static class ScrapeServer
{
    public const string Command = "scrape-server";
    public const string Path = "/metrics";
    public const string Record = "record";
    public const string Settle = "settle";

    /// <param name="series">How many there are.</param>
    /// <param name="mount">Adds the endpoint for so many series; gives what records each of them.</param>
    /// <param name="configure">Adds what <paramref name="mount"/> needs.</param>
    public static void Run(int series, Func<WebApplication, int, Action> mount, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        configure?.Invoke(builder);
        var app = builder.Build();
        var record = mount(app, series);
        record();
        app.Start();
        Console.WriteLine(new Uri(app.Urls.Single()).Port);
        while (Console.ReadLine() is { } question)
        {
            if (question == Record)
            {
                record();
            }

            Console.WriteLine(JsonSerializer.Serialize(question == Settle ? ServerMemory.Settle() : ServerMemory.Read()));
        }
    }
}
