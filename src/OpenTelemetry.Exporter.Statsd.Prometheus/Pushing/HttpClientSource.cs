using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Where the requests of an exporter get their client from.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HttpClientSource : IDisposable
{
    public const string ClientName = "PrometheusPushgatewayExporter";

    /// <summary>After which a connection is made anew, to go where the name of the gateway leads by then.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly Func<HttpClient> create;
    private readonly HttpClient? owned;

    /// <summary>The last client that was created.</summary>
    private volatile HttpClient last;

    private HttpClientSource(Func<HttpClient> create)
    {
        this.create = create;
        last = create();
    }

    private HttpClientSource(HttpClient owned)
        : this(() => owned) => this.owned = owned;

    /// <summary>The client that options name, those of the application's factory, or else one of our own.</summary>
    /// <remarks>What a factory throws goes to the caller: a client that cannot be created is a mistake in the application's set-up.</remarks>
    /// <exception cref="InvalidOperationException">The factory of the options returned nothing.</exception>
    public static HttpClientSource Create(PrometheusPushgatewayOptions options, IServiceProvider services)
    {
        if (options.HttpClientFactory is { } factory)
        {
            var client = factory() ?? throw new InvalidOperationException(
                $"{nameof(PrometheusPushgatewayOptions)}.{nameof(options.HttpClientFactory)} returned null; valid is an HttpClient.");
            return new(() => client);
        }

        // That factory renews its handlers, for which its clients have to be short-lived.
        return services.GetService<IHttpClientFactory>() is { } clients ? new(() => clients.CreateClient(ClientName)) : new(CreateOwn());
    }

    /// <summary>A client, for one request.</summary>
    /// <remarks>
    /// A host disposes of its services before the provider makes its last push, and its factory creates no client any more. The last one goes on
    /// working: as long as it is referenced, the factory does not dispose of its handler.
    /// </remarks>
    public HttpClient Get()
    {
        try
        {
            return last = create();
        }
        catch (ObjectDisposedException)
        {
            return last;
        }
    }

    public void Dispose() => owned?.Dispose();

    [SuppressMessage("Reliability", "CA2000", Justification = "The client owns its handler.")]
    private static HttpClient CreateOwn() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = ConnectionLifetime,
        ActivityHeadersPropagator = null,
        MeterFactory = new UnheardMeters(),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
