using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Pushing;

/// <summary>An HTTP server in place of a gateway, which answers as a test says and shows what it was sent.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<Pushed> requests = Channel.CreateUnbounded<Pushed>();
    private readonly ConcurrentQueue<RequestDelegate> answers = [];

    private Gateway(WebApplication app, Uri address)
    {
        this.app = app;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>How many requests nobody has taken yet.</summary>
    public int Waiting => requests.Reader.Count;

    /// <summary>Starts on a free port, or on that which <paramref name="bound"/> is bound to, and takes that over.</summary>
    public static async Task<Gateway> StartAsync(Socket? bound = null)
    {
        var socket = bound ?? Loopback.Bind();
        var address = new Uri($"http://127.0.0.1:{Loopback.PortOf(socket)}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.ToString());
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = _ => socket);

        // Requests that hang until their client goes are not waited for.
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        var app = builder.Build();
        var gateway = new Gateway(app, address);
        app.Run(gateway.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    /// <summary>Says how the next request is answered for which nothing has been said yet; those after that get 200.</summary>
    public Gateway Answer(int status, string body = "", params (string Name, string Value)[] headers) => Answer(async context =>
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        await context.Response.WriteAsync(body);
    });

    public Gateway Answer(RequestDelegate answer)
    {
        answers.Enqueue(answer);
        return this;
    }

    /// <summary>The next request is not answered while its client waits.</summary>
    public Gateway Hang() => Answer(context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted));

    /// <summary>Waits for a request.</summary>
    public async Task<Pushed> NextAsync() => await requests.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        requests.Writer.TryWrite(new(
            context.Request.Method,
            target,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Encoding.UTF8.GetString(body.ToArray())));
        if (answers.TryDequeue(out var answer))
        {
            await answer(context);
        }
    }
}

/// <summary>What a gateway was sent.</summary>
internal sealed record Pushed(string Method, string Target, Dictionary<string, string> Headers, string Body);
