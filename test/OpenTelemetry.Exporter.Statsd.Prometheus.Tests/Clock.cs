namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>A clock that stands still until told.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Clock : TimeProvider
{
    private long now = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref now);

    public void Advance(TimeSpan time) => Interlocked.Add(ref now, time.Ticks);
}
