namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>A time limit that runs from its construction.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan limit)
{
    private readonly long began = time.GetTimestamp();

    /// <summary>What is left of the limit, never less than nothing.</summary>
    public TimeSpan Left => limit - time.GetElapsedTime(began) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
}
