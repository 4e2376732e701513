using System.Diagnostics.Tracing;

namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>What one exporter tells by events: of each kind at most ten a minute, so that none of its neighbours is silenced by it.</summary>
/// <remarks>Thread-safe and free of locks. An event says how many of its kind were held back since the one before.</remarks>
internal sealed class ExporterEvents(string exporter)
{
    private readonly EventThrottle invalidValue = new();
    private readonly EventThrottle negativeCounter = new();
    private readonly EventThrottle negativeValue = new();
    private readonly EventThrottle lineTooLong = new();
    private readonly EventThrottle unsupportedType = new();
    private readonly EventThrottle packetDropped = new();
    private readonly EventThrottle exportFailed = new();
    private readonly EventThrottle receiverAway = new();
    private readonly EventThrottle receiverBack = new();
    private readonly EventThrottle packetsKept = new();
    private readonly EventThrottle packetsResent = new();
    private readonly EventThrottle seriesAltered = new();
    private readonly EventThrottle measurementsRefused = new();

    /// <summary>The exporter's name.</summary>
    public string Exporter { get; } = exporter;

    private static StatsdEventSource Log => StatsdEventSource.Log;

    public void InvalidValue(string metric)
    {
        if (IsHeard(EventLevel.Warning) && invalidValue.TryPass(out var held))
        {
            Log.InvalidValue(Exporter, metric, held);
        }
    }

    public void NegativeCounter(string metric)
    {
        if (IsHeard(EventLevel.Warning) && negativeCounter.TryPass(out var held))
        {
            Log.NegativeCounter(Exporter, metric, held);
        }
    }

    public void NegativeValue(string metric)
    {
        if (IsHeard(EventLevel.Warning) && negativeValue.TryPass(out var held))
        {
            Log.NegativeValue(Exporter, metric, held);
        }
    }

    public void LineTooLong(string metric, int maxPacketBytes)
    {
        if (IsHeard(EventLevel.Warning) && lineTooLong.TryPass(out var held))
        {
            Log.LineTooLong(Exporter, metric, maxPacketBytes, held);
        }
    }

    public void UnsupportedType(string metric, string type)
    {
        if (IsHeard(EventLevel.Warning) && unsupportedType.TryPass(out var held))
        {
            Log.UnsupportedType(Exporter, metric, type, held);
        }
    }

    public void PacketDropped(string endpoint, DropReason reason)
    {
        if (IsHeard(EventLevel.Warning) && packetDropped.TryPass(out var held))
        {
            Log.PacketDropped(Exporter, endpoint, reason.Text(), held);
        }
    }

    public void ReceiverAway(string endpoint, string error)
    {
        if (IsHeard(EventLevel.Warning) && receiverAway.TryPass(out var held))
        {
            Log.ReceiverAway(Exporter, endpoint, error, held);
        }
    }

    public void ReceiverBack(string endpoint)
    {
        if (IsHeard(EventLevel.Informational) && receiverBack.TryPass(out var held))
        {
            Log.ReceiverBack(Exporter, endpoint, held);
        }
    }

    public void PacketsKept(string endpoint, int packets, int bytes)
    {
        if (IsHeard(EventLevel.Informational) && packetsKept.TryPass(out var held))
        {
            Log.PacketsKept(Exporter, endpoint, packets, bytes, held);
        }
    }

    public void PacketsResent(string endpoint, int packets)
    {
        if (IsHeard(EventLevel.Verbose) && packetsResent.TryPass(out var held))
        {
            Log.PacketsResent(Exporter, endpoint, packets, held);
        }
    }

    public void SeriesAltered<TAlterations>(string metric, TAlterations how)
        where TAlterations : struct, Enum
    {
        if (IsHeard(EventLevel.Informational) && seriesAltered.TryPass(out var held))
        {
            Log.SeriesAltered(Exporter, metric, how.ToString(), held);
        }
    }

    public void MeasurementsRefused(RefusedMeasurements refused)
    {
        if (IsHeard(EventLevel.Warning) && measurementsRefused.TryPass(out var held))
        {
            Log.MeasurementsRefused(Exporter, refused.Count, refused.Priority, refused.Reason, held);
        }
    }

    public void ExportFailed(Exception exception)
    {
        if (IsHeard(EventLevel.Error) && exportFailed.TryPass(out var held))
        {
            Log.ExportFailed(Exporter, TextOf(exception), held);
        }
    }

    /// <returns>Whether somebody listens. Never held back: it is said once for a metric.</returns>
    public bool SeriesMerged(string metric, string profile)
    {
        var isHeard = IsHeard(EventLevel.Warning);
        if (isHeard)
        {
            Log.SeriesMerged(Exporter, metric, profile);
        }

        return isHeard;
    }

    /// <inheritdoc cref="SeriesMerged"/>
    public bool ApproximateQuantiles(string metric)
    {
        var isHeard = IsHeard(EventLevel.Warning);
        if (isHeard)
        {
            Log.ApproximateQuantiles(Exporter, metric);
        }

        return isHeard;
    }

    private static bool IsHeard(EventLevel level) => Log.IsEnabled(level, EventKeywords.All);

    /// <summary>What an exception says, which may be one of the application's, thrown by the code of a tag.</summary>
    private static string TextOf(Exception exception)
    {
        try
        {
            return exception.ToString();
        }
#pragma warning disable CA1031 // Whatever it throws, telling of it must not do more harm than it has done.
        catch (Exception)
#pragma warning restore CA1031
        {
            return exception.GetType().ToString();
        }
    }
}
