using System.Runtime.CompilerServices;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>Whether the SDK is about to let go of a metric, because its meter was disposed of.</summary>
/// <remarks>
/// It shows such a metric for the last time, or for the last but one if that happened during the collection. Another metric of the very
/// same identity may be there already. The public API does not tell which of them stays.
/// </remarks>
internal static class LeavingMetric
{
    /// <summary>Whether this version of the SDK has the property; if not, no metric is known to leave.</summary>
    public static readonly bool IsReadable = Probe();

    public static bool IsLeaving(this Metric metric) => IsReadable && !IsActive(metric);

    private static bool Probe()
    {
        try
        {
            IsActive((Metric)RuntimeHelpers.GetUninitializedObject(typeof(Metric)));
            return true;
        }
        catch (MissingMethodException)
        {
            return false;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Active")]
    private static extern bool IsActive(Metric metric);
}
