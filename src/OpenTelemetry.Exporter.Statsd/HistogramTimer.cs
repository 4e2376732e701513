using OpenTelemetry.Exporter.Statsd.Metrics;

namespace System.Diagnostics.Metrics;

/// <summary>Records the time until its <see cref="Dispose"/> in a histogram; from <see cref="HistogramTimerExtensions.StartTimer{T}(Histogram{T}, ReadOnlySpan{KeyValuePair{string, object}})"/>.</summary>
/// <typeparam name="T">The histogram's number type.</typeparam>
/// <remarks>
/// <para>The time is recorded in the histogram's unit, without one in seconds. Give the instrument a unit: without it, what shows or sends the
/// histogram cannot know that its values are seconds.</para>
/// <para>A <see langword="default"/> timer, one that was disposed of, and one that was started while nobody listened record nothing. A
/// copy is a timer of its own, and what a <see langword="using"/> declares can only be copied: to end it early, end its block
/// rather than call <see cref="Dispose"/>.</para>
/// <para>May be disposed of on another thread than it was started on, but not on two at once. Timers share nothing, so they may
/// be nested and overlap.</para>
/// </remarks>
public struct HistogramTimer<T> : IDisposable
    where T : struct
{
    private readonly TimeProvider time;
    private readonly long start;
    private readonly TagList tags;
    private Histogram<T>? histogram;

    internal HistogramTimer(Histogram<T> histogram, TimeProvider time, in TagList tags)
    {
        this.histogram = histogram;
        this.time = time;
        this.tags = tags;
        start = time.GetTimestamp();
    }

    /// <summary>Records the time since the timer was started, unless that has been done.</summary>
    /// <remarks>
    /// Throws nothing and allocates nothing itself. It calls the histogram's <c>Record</c>, and what a listener of the application throws comes out of that; the OpenTelemetry SDK and
    /// these exporters throw nothing there.
    /// </remarks>
    public void Dispose()
    {
        if (histogram is { } target)
        {
            histogram = null;
            var ticks = time.GetTimestamp() - start;
            target.Record(TimeMeasurement.Of<T>(ticks, time.TimestampFrequency, target.Unit), in tags);
        }
    }
}
