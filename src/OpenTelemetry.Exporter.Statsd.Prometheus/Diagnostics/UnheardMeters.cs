using System.Diagnostics.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Diagnostics;

/// <summary>Makes meters that no listener ever sees, so that what an exporter does over HTTP is not among what the application measures.</summary>
internal sealed class UnheardMeters : IMeterFactory
{
    /// <summary>A meter that has ended.</summary>
    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        meter.Dispose();
        return meter;
    }

    public void Dispose()
    {
    }
}
