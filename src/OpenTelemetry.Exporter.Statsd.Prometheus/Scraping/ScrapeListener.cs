using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Serves one path on a port of its own, for programs without a web application or with a public one.</summary>
/// <remarks>
/// <para>
/// Kestrel without the hosting layer: no configuration or environment to react to, no logging, no middleware, and neither traces nor
/// measurements of its own traffic.
/// </para>
/// <para>
/// Starts, listens and stops on the thread pool, so that the application waits for nothing but the end, and for that not long. Thread-safe.
/// </para>
/// </remarks>
internal sealed class ScrapeListener : IDisposable
{
    /// <summary>For how long the port is left alone after an attempt that failed.</summary>
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    /// <summary>How many scrapers may be connected, so that memory is bounded.</summary>
    public const int MaxConnections = 256;

    /// <summary>For how long scrapes under way may go on at the end, before they are aborted.</summary>
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(1);

    /// <summary>For how long the end is waited for at most, whatever the thread pool is busy with.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string host;
    private readonly int port;
    private readonly Application application;
    private readonly ExporterTelemetry telemetry;
    private readonly TimeProvider time;
    private readonly Task running;

    /// <summary>Begins to listen, which is under way when this returns.</summary>
    /// <param name="host"><c>localhost</c>, <c>*</c> or an IP address.</param>
    /// <param name="port">The port; 0 for any free one, with an IP address.</param>
    /// <param name="path">The only path that is served, beginning with <c>/</c>.</param>
    /// <param name="serve">Answers requests for it.</param>
    /// <param name="telemetry">Told of attempts to listen that failed, and of connections broken off.</param>
    /// <param name="time">What <see cref="RetryInterval"/> is measured by.</param>
    public ScrapeListener(string host, int port, string path, RequestDelegate serve, ExporterTelemetry telemetry, TimeProvider time)
    {
        this.host = host;
        this.port = port;
        this.telemetry = telemetry;
        this.time = time;
        application = new Application(path, serve);

        // Tools that start an application to get at its host, such as WebApplicationFactory, know it by what flows with the thread, and
        // would take this one for it.
        using (ExecutionContext.SuppressFlow())
        {
            running = Task.Run(RunAsync);
        }
    }

    /// <summary>The address that is listened on, once that is so.</summary>
    public Task<Uri> Listening => listening.Task;

    /// <summary>Stops listening. Scrapes under way have a moment to end; never throws.</summary>
    /// <param name="timeoutMilliseconds">How long to wait for the end, which comes in any case; <see cref="Timeout.Infinite"/> for as long as is reasonable.</param>
    /// <returns>Whether the end has come.</returns>
    public bool Stop(int timeoutMilliseconds)
    {
        // The callbacks run on the thread pool, so that what is waited for is bounded.
        _ = stopping.CancelAsync();
        return Task.WhenAny(running).Wait((int)Math.Min((uint)timeoutMilliseconds, StopTimeout.TotalMilliseconds), CancellationToken.None);
    }

    /// <summary>Stops listening, unless that is under way; whoever began it has waited as long as it could.</summary>
    public void Dispose()
    {
        if (!stopping.IsCancellationRequested)
        {
            Stop(Timeout.Infinite);
        }
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync().ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever keeps the port from being listened on, the application is not bothered.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                if (!stopping.IsCancellationRequested)
                {
                    telemetry.ListenFailed(
                        IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port).ToString() : $"{host}:{port}", exception);
                    await PauseAsync(RetryInterval).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Listens until this is disposed.</summary>
    private async Task ListenAsync()
    {
        using var container = CreateHost();
        var server = container.Services.GetRequiredService<IServer>();
        await server.StartAsync(application, stopping.Token).ConfigureAwait(false);
        listening.TrySetResult(new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First()));
        await PauseAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        using var grace = new CancellationTokenSource(GracePeriod);
        await server.StopAsync(grace.Token).ConfigureAwait(false);
    }

    private async Task PauseAsync(TimeSpan duration) =>
        await Task.Delay(duration, time, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>A host that is never started, for the server in it: only so can Kestrel be kept from having meters.</summary>
    private IHost CreateHost() => new HostBuilder()
        .ConfigureWebHost(
            web => web
                .UseKestrelCore()
                .UseSetting(WebHostDefaults.PreventHostingStartupKey, bool.TrueString)
                .ConfigureServices(services => services
                    .AddSingleton<IMeterFactory, UnheardMeters>()
                    .Configure<KestrelServerOptions>(Configure)),
            web => web.SuppressEnvironmentConfiguration = true)
        .Build();

    private void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        var connections = new ConnectionLimit(MaxConnections, telemetry);
        options.ConfigureEndpointDefaults(endpoint =>
        {
            // Without TLS there is no way to agree on another protocol.
            endpoint.Protocols = HttpProtocols.Http1;
            endpoint.Use(connections.Apply);
        });
        if (host == "localhost")
        {
            options.ListenLocalhost(port);
        }
        else if (host == "*")
        {
            options.ListenAnyIP(port);
        }
        else
        {
            options.Listen(IPAddress.Parse(host), port);
        }
    }

    /// <summary>All there is on the port.</summary>
    private sealed class Application(PathString path, RequestDelegate serve) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context)
        {
            // As routing has it, a slash at the end makes no difference.
            if (context.Request.Path.StartsWithSegments(path, out var rest) && rest.Value is "" or "/")
            {
                return serve(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync($"The only path here is {path}.\n");
        }

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
