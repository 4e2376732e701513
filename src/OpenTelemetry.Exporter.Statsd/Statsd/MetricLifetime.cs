using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>Whether the SDK still collects a metric.</summary>
internal static class MetricLifetime
{
    /// <summary>Tells whether the metric is over, without keeping it alive: one that nobody else holds is.</summary>
    public static Func<bool> Watch(Metric metric)
    {
        var reference = new WeakReference<Metric>(metric);
        return () => !reference.TryGetTarget(out var live) || IsOver(live);
    }

    /// <summary>Whether the metric's meter was disposed of, so that no measurement reaches it any more.</summary>
    /// <returns><see langword="false"/>, too, if this version of the SDK does not tell.</returns>
    public static bool IsOver(Metric metric)
    {
        try
        {
            return !IsActive(metric);
        }
        catch (MissingMethodException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Active")]
    private static extern bool IsActive(Metric metric);
}
