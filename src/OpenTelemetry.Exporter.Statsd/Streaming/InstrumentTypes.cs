using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>What the type of an instrument says of its measurements.</summary>
internal static class InstrumentTypes
{
    /// <summary>Counter, Histogram or Gauge; <see langword="null"/> for what is not streamed.</summary>
    public static MetricKind? KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        if (!type.IsConstructedGenericType)
        {
            return null;
        }

        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(Counter<>) ? MetricKind.Counter
            : definition == typeof(Histogram<>) ? MetricKind.Histogram
            : definition == typeof(Gauge<>) ? MetricKind.Gauge
            : null;
    }

    /// <summary>Whether measurements are whole numbers.</summary>
    public static bool IsIntegral(Instrument instrument) => instrument is Instrument<byte> or Instrument<short> or Instrument<int> or Instrument<long>;
}
