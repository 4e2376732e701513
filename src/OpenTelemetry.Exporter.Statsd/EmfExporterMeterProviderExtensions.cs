using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Metrics;

/// <summary>Asks a <see cref="MeterProvider"/> for its CloudWatch EMF exporters.</summary>
public static class EmfExporterMeterProviderExtensions
{
    /// <summary>Reads what an EMF exporter of the provider has done, and what it holds.</summary>
    /// <param name="provider">The provider. It may be disposed of, and then tells how the exporter ended.</param>
    /// <param name="name">The name that the exporter was added with; <see langword="null"/> or empty for the one without a name.</param>
    /// <returns>The present statistics; <see langword="null"/> if the provider has no such exporter, as when the SDK is disabled.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="provider"/> is <see langword="null"/>.</exception>
    /// <remarks>Thread-safe, and cheap enough for any time: no lock, a few microseconds, a copy of some hundred bytes.</remarks>
    public static EmfExporterStatistics? GetEmfExporterStatistics(this MeterProvider provider, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var exporter = string.IsNullOrEmpty(name) ? EmfExporterRegistration.Unnamed : name;
        return ExporterRegistry.Find(provider, exporter, ExporterFormat.Emf) is { } statistics ? new EmfExporterStatistics(statistics) : null;
    }
}
