using Microsoft.AspNetCore.Connections;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Bounds the connections of a server. For one too many the oldest is broken off, so that whoever comes is served.</summary>
/// <remarks>
/// Thread-safe. Clients that keep connections, and neither read nor go, cannot keep others out, as they could if newcomers were turned away. A
/// scraper that is broken off between two scrapes connects again.
/// </remarks>
/// <param name="limit">The most connections.</param>
/// <param name="telemetry">Told of those broken off.</param>
internal sealed class ConnectionLimit(int limit, ExporterTelemetry telemetry)
{
    private readonly Lock gate = new();

    /// <summary>The connections, in the order in which they came.</summary>
    private readonly LinkedList<ConnectionContext> connections = [];

    /// <summary>Serves connections by <paramref name="next"/>, within the limit.</summary>
    public ConnectionDelegate Apply(ConnectionDelegate next) => async connection =>
    {
        var entry = Enter(connection);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Leave(entry);
        }
    };

    private LinkedListNode<ConnectionContext> Enter(ConnectionContext connection)
    {
        LinkedListNode<ConnectionContext>? oldest = null;
        LinkedListNode<ConnectionContext> entry;
        lock (gate)
        {
            if (connections.Count >= limit)
            {
                oldest = connections.First!;
                connections.Remove(oldest);
            }

            entry = connections.AddLast(connection);
        }

        if (oldest is not null)
        {
            telemetry.TooManyConnections(oldest.Value.RemoteEndPoint, limit);
            oldest.Value.Abort(new ConnectionAbortedException("There are too many connections."));
        }

        return entry;
    }

    private void Leave(LinkedListNode<ConnectionContext> entry)
    {
        lock (gate)
        {
            entry.List?.Remove(entry);
        }
    }
}
