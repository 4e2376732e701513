namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Finds the series that nothing more is expected of: those idle for long, and those of meters that were disposed of.</summary>
/// <remarks>One owner: the pump. Looks now and then, since it looks at all.</remarks>
/// <param name="recorder">Has the series.</param>
/// <param name="forget">Told of each that is forgotten.</param>
/// <param name="clock">Measures idleness.</param>
internal sealed class IdleSeries(StreamRecorder recorder, Action<PendingSeries> forget, TimeProvider clock)
{
    /// <summary>How long a series may be idle.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private long lookedAt = clock.GetTimestamp();

    /// <summary>Whether it is time to look.</summary>
    public bool IsDue => clock.GetElapsedTime(lookedAt) >= Interval;

    /// <summary>Has the recorder forget series of which nothing waits.</summary>
    public void Forget()
    {
        lookedAt = clock.GetTimestamp();
        foreach (var series in recorder.Series)
        {
            if (series is { LiveId: not 0 } && IsIdle(series))
            {
                recorder.Forget(series);
                forget(StreamWindow.Of(series));
            }
        }
    }

    private bool IsIdle(StreamSeries series)
    {
        var pending = StreamWindow.Of(series);
        if (pending.IsWaiting || series.IsChanged)
        {
            return false;
        }

        if (pending.SeenAt == 0)
        {
            // Nothing has arrived of it yet, or it was refused.
            pending.SeenAt = lookedAt;
        }

        return series.Instrument.IsOver || clock.GetElapsedTime(pending.SeenAt, lookedAt) >= Limit;
    }
}
