using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Connections;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Counts and reports what one exporter could not do as asked.</summary>
/// <remarks>
/// Thread-safe. The counts are on a meter of their own, exposed by whoever adds that meter. Of each event ten a minute are
/// written, if anybody listens, and the next one says how many were not.
/// </remarks>
/// <param name="milliseconds">A clock that never goes back; the system's own unless a test says otherwise.</param>
internal sealed class ExporterTelemetry(Func<long>? milliseconds = null)
{
    public const string MeterName = "OpenTelemetry.Exporter.Statsd.Prometheus";

    private static readonly Meter Meter = new(MeterName, typeof(ExporterTelemetry).Assembly.GetName().Version?.ToString(3));

    private static readonly Counter<long> Failures = Meter.CreateCounter<long>(
        "prometheus.exporter.scrape.failures",
        "{scrape}",
        "Scrapes answered with an error instead of metrics, or broken off.");

    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "prometheus.exporter.metrics.dropped",
        "{metric}",
        "Metrics left out of a scrape.");

    private static readonly Counter<long> ListenFailures = Meter.CreateCounter<long>(
        "prometheus.exporter.listen.failures",
        "{attempt}",
        "Attempts to listen on the exporter's own port that failed.");

    private static readonly Counter<long> PushFailures = Meter.CreateCounter<long>(
        "prometheus.exporter.push.failures",
        "{request}",
        "Requests that a Pushgateway has not taken, however often they were tried.");

    private static readonly Counter<long> ConnectionsBrokenOff = Meter.CreateCounter<long>(
        "prometheus.exporter.connections.broken_off",
        "{connection}",
        "Connections to the exporter's own port that gave way to others.");

    private readonly EventThrottle failureEvents = new(milliseconds);
    private readonly EventThrottle sizeEvents = new(milliseconds);
    private readonly EventThrottle seriesEvents = new(milliseconds);
    private readonly EventThrottle timeoutEvents = new(milliseconds);
    private readonly EventThrottle slowEvents = new(milliseconds);
    private readonly EventThrottle irregularEvents = new(milliseconds);
    private readonly EventThrottle conflictEvents = new(milliseconds);
    private readonly EventThrottle duplicateEvents = new(milliseconds);
    private readonly EventThrottle unknownTypeEvents = new(milliseconds);
    private readonly EventThrottle unauthorizedEvents = new(milliseconds);
    private readonly EventThrottle listenEvents = new(milliseconds);
    private readonly EventThrottle connectionEvents = new(milliseconds);
    private readonly EventThrottle pushEvents = new(milliseconds);

    /// <summary>Counts a scrape, each by itself, however many of them one event tells of.</summary>
    /// <param name="reason">What it is counted under.</param>
    public static void CountFailure(string reason) => Count(Failures, reason);

    public void ScrapeFailed(Exception exception) => ScrapeFailed(TextOf(exception));

    public void ScrapeFailed(string reason)
    {
        if (MayWrite(failureEvents, out var heldBack))
        {
            PrometheusEventSource.Log.ScrapeFailed(reason, heldBack);
        }
    }

    public void ResponseTooLarge(int limit)
    {
        if (MayWrite(sizeEvents, out var heldBack))
        {
            PrometheusEventSource.Log.ResponseTooLarge(limit, heldBack);
        }
    }

    public void TooManySeries(int limit)
    {
        if (MayWrite(seriesEvents, out var heldBack))
        {
            PrometheusEventSource.Log.TooManySeries(limit, heldBack);
        }
    }

    public void ScrapeTimedOut()
    {
        if (MayWrite(timeoutEvents, out var heldBack))
        {
            PrometheusEventSource.Log.ScrapeTimedOut(heldBack);
        }
    }

    /// <param name="remote">Who asked.</param>
    /// <param name="hasCredential">Whether there was any credential, which is not told.</param>
    public void Unauthorized(IPAddress? remote, bool hasCredential)
    {
        if (MayWrite(unauthorizedEvents, out var heldBack))
        {
            PrometheusEventSource.Log.Unauthorized(
                remote?.ToString() ?? "an unknown address", hasCredential ? "does not match" : "is missing", heldBack);
        }
    }

    public void ListenFailed(string address, Exception exception)
    {
        Count(ListenFailures, exception.InnerException is AddressInUseException ? "address_in_use" : "failed");
        if (MayWrite(listenEvents, out var heldBack))
        {
            PrometheusEventSource.Log.ListenFailed(address, exception.Message, heldBack);
        }
    }

    /// <param name="remote">Whose connection was broken off.</param>
    /// <param name="limit">How many there may be.</param>
    public void TooManyConnections(EndPoint? remote, int limit)
    {
        Count(ConnectionsBrokenOff, "too_many");
        if (MayWrite(connectionEvents, out var heldBack))
        {
            PrometheusEventSource.Log.TooManyConnections(remote?.ToString() ?? "an unknown address", limit, heldBack);
        }
    }

    public void ScraperTooSlow()
    {
        if (MayWrite(slowEvents, out var heldBack))
        {
            PrometheusEventSource.Log.ScraperTooSlow(heldBack);
        }
    }

    public void IrregularValues(string metric, string meter)
    {
        if (MayWrite(irregularEvents, out var heldBack))
        {
            PrometheusEventSource.Log.IrregularValues(metric, meter, heldBack);
        }
    }

    public void NameConflict(string metric, string meter, string name, string taken)
    {
        if (MayWrite(conflictEvents, out var heldBack))
        {
            PrometheusEventSource.Log.NameConflict(metric, meter, name, taken, heldBack);
        }
    }

    public void DuplicateSeries(string family, string label)
    {
        if (MayWrite(duplicateEvents, out var heldBack))
        {
            PrometheusEventSource.Log.DuplicateSeries(family, label, heldBack);
        }
    }

    public void UnknownMetricType(Metric metric)
    {
        Count(Dropped, "unknown_type");
        if (MayWrite(unknownTypeEvents, out var heldBack))
        {
            PrometheusEventSource.Log.UnknownMetricType(metric.Name, metric.MetricType.ToString(), heldBack);
        }
    }

    /// <param name="method">The HTTP method of the request.</param>
    /// <param name="url">Where it went, without credentials.</param>
    /// <param name="reason">What it is counted under.</param>
    /// <param name="text">What happened.</param>
    public void PushFailed(string method, string url, string reason, string text)
    {
        Count(PushFailures, reason, new("method", method));
        if (MayWrite(pushEvents, out var heldBack))
        {
            PrometheusEventSource.Log.PushFailed(method, url, text, heldBack);
        }
    }

    /// <summary>Counts one. A listener of the application's that throws must not end what is counted, nor the process.</summary>
    private static void Count(Counter<long> counter, string reason, KeyValuePair<string, object?>? other = null)
    {
        try
        {
            var tag = new KeyValuePair<string, object?>("reason", reason);
            if (other is { } second)
            {
                counter.Add(1, tag, second);
            }
            else
            {
                counter.Add(1, tag);
            }
        }
#pragma warning disable CA1031 // Whatever the listener throws.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>What an exception says, which may be one of the application's and throw itself.</summary>
    private static string TextOf(Exception exception)
    {
        try
        {
            return exception.ToString();
        }
#pragma warning disable CA1031 // Telling of an exception must not do more harm than it has done.
        catch (Exception)
#pragma warning restore CA1031
        {
            return exception.GetType().ToString();
        }
    }

    private static bool MayWrite(EventThrottle throttle, out long heldBack)
    {
        heldBack = 0;
        return PrometheusEventSource.Log.IsEnabled() && throttle.TryPass(out heldBack);
    }
}
