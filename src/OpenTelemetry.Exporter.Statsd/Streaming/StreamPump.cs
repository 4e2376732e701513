namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>The thread that sends a stream: looks for measurements at its own pace, and is woken only to flush or to end.</summary>
/// <remarks>
/// Thread-safe. The thread alone touches the outlet, once it runs; everybody else leaves a request under <see cref="bell"/>. What goes wrong
/// in a step is told by an event, and the next step goes on.
/// </remarks>
internal sealed class StreamPump : IDisposable
{
    private static readonly TimeSpan RestAfterError = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a thread that was told to end may take to get over what it is in the middle of.</summary>
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(5);

    private readonly object bell = new();
    private readonly StreamRecorder recorder;
    private readonly StreamOutlet outlet;
    private readonly Func<bool> isReady;
    private readonly TimeProvider clock;
    private readonly PollPace pace = new();
    private readonly Thread thread;
    private bool isStarted;
    private bool isStopping;
    private bool isOver;
    private bool isAllDelivered;
    private long stopBy;
    private long requested;
    private long begun;
    private long ended;
    private bool isFlushed;

    /// <param name="name">Of the exporter.</param>
    /// <param name="recorder">Belongs to the pump from now on.</param>
    /// <param name="outlet">Belongs to the pump from now on.</param>
    /// <param name="isReady">Whether what lines say is known; nothing is taken before.</param>
    /// <param name="clock">Measures the time until the end.</param>
    public StreamPump(string name, StreamRecorder recorder, StreamOutlet outlet, Func<bool> isReady, TimeProvider clock)
    {
        this.recorder = recorder;
        this.outlet = outlet;
        this.isReady = isReady;
        this.clock = clock;
        thread = new Thread(Run) { IsBackground = true, Name = $"StatsD stream {name}" };
    }

    /// <summary>Begins to record and to send.</summary>
    public void Start()
    {
        lock (bell)
        {
            if (isStarted || isStopping)
            {
                return;
            }

            isStarted = true;
            thread.UnsafeStart();
        }

        recorder.Start();
    }

    /// <summary>Asks that everything recorded until now be sent.</summary>
    /// <returns>What <see cref="WaitForFlush"/> waits for.</returns>
    public long RequestFlush()
    {
        lock (bell)
        {
            Monitor.PulseAll(bell);
            return ++requested;
        }
    }

    /// <summary>Waits until a request was seen to, or the stream is about to end, which sees to everything.</summary>
    /// <returns>Whether everything was delivered in time.</returns>
    public bool WaitForFlush(long request, TimeSpan limit) =>
        WaitUntil(() => ended >= request || isStopping, limit) && (isOver ? isAllDelivered : ended >= request && isFlushed);

    /// <summary>Refuses what is recorded from now on, and has the rest sent within so much time.</summary>
    public void RequestStop(TimeSpan limit)
    {
        var by = limit < TimeSpan.FromDays(1) ? clock.GetTimestamp() + (long)(limit.TotalSeconds * clock.TimestampFrequency) : long.MaxValue;

        // First: what comes after the thread has looked for the last time would never be counted.
        recorder.Dispose();
        lock (bell)
        {
            if (isStopping)
            {
                return;
            }

            // Before the thread learns that it is to end, or it might take this for one series of packets like any other.
            outlet.Hurry(limit);
            stopBy = by;
            isStopping = true;
            Monitor.PulseAll(bell);
        }

        if (!isStarted)
        {
            End();
        }
    }

    /// <summary>Waits until the stream has come to its end.</summary>
    /// <returns>Whether everything was delivered in time.</returns>
    public bool WaitForStop(TimeSpan limit) => WaitUntil(() => isOver, limit) && isAllDelivered;

    public void Dispose()
    {
        RequestStop(TimeSpan.Zero);
        WaitForStop(DisposeLimit);
    }

    private void Run()
    {
        while (!Volatile.Read(ref isStopping))
        {
            var rest = RestAfterError;
            try
            {
                rest = isReady() ? Step() : PollPace.Shortest;
            }
#pragma warning disable CA1031 // A defect must not end the stream without a word.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                outlet.Events.ExportFailed(exception);
            }

            Rest(rest);
        }

        End();
    }

    /// <returns>How long to rest after it.</returns>
    private TimeSpan Step()
    {
        // One after the other: a request that came later would put off the end of those before.
        var request = Volatile.Read(ref requested);
        if (request > begun && ended == begun)
        {
            begun = request;
            outlet.BeginFlush();
        }

        var rest = pace.Next(outlet.Step(), outlet.IsFillingUp);
        if (ended < begun)
        {
            EndFlush();
        }

        var due = outlet.UntilDue;
        return rest < due ? rest : due > PollPace.Shortest ? due : PollPace.Shortest;
    }

    private void EndFlush()
    {
        if (outlet.TryEndFlush(out var isDelivered))
        {
            lock (bell)
            {
                isFlushed = isDelivered;
                ended = begun;
                Monitor.PulseAll(bell);
            }
        }
    }

    private void Rest(TimeSpan time)
    {
        if (time == TimeSpan.Zero)
        {
            return;
        }

        lock (bell)
        {
            if (!isStopping && (requested == begun || ended < begun))
            {
                Monitor.Wait(bell, time);
            }
        }
    }

    private void End()
    {
        var isDelivered = false;
        try
        {
            var left = stopBy == long.MaxValue ? TimeSpan.MaxValue : clock.GetElapsedTime(clock.GetTimestamp(), stopBy);
            isDelivered = outlet.Finish(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            outlet.Dispose();
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            outlet.Events.ExportFailed(exception);
        }

        lock (bell)
        {
            isAllDelivered = isDelivered;
            isOver = true;
            Monitor.PulseAll(bell);
        }
    }

    private bool WaitUntil(Func<bool> condition, TimeSpan limit)
    {
        var started = clock.GetTimestamp();
        lock (bell)
        {
            while (!condition())
            {
                // The thread itself gets here by a listener to the exporter's own meter, and must not wait for itself.
                var left = limit - clock.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || Thread.CurrentThread == thread)
                {
                    return false;
                }

                Monitor.Wait(bell, left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1));
            }

            return true;
        }
    }
}
