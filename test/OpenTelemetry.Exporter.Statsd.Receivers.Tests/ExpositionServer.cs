using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>A scrape target that answers every request with the same hand-written body, and keeps what it was asked.</summary>
internal sealed class ExpositionServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource<(string Path, IHeaderDictionary Headers)> request =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ExpositionServer(WebApplication app, string contentType, byte[] body)
    {
        this.app = app;
        app.Run(async context =>
        {
            request.TrySetResult((context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary())));
            context.Response.ContentType = contentType;
            await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
        });
    }

    public Uri Address => new(app.Urls.First());

    public static async Task<ExpositionServer> StartAsync(string contentType, byte[] body)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ExpositionServer(builder.Build(), contentType, body);
        await server.app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>The first request, once there was one.</summary>
    public Task<(string Path, IHeaderDictionary Headers)> RequestAsync() =>
        request.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
