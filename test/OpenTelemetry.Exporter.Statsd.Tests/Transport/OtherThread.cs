namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Does something on a thread of its own, whose failure is the test's.</summary>
internal sealed class OtherThread
{
    private readonly Thread thread;
    private Exception? failure;

    public OtherThread(Action action)
    {
        thread = new Thread(() => failure = Record.Exception(action)) { IsBackground = true };
        thread.Start();
    }

    /// <summary>Waits for its end, which must come.</summary>
    public void Join()
    {
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "It goes on for ever.");
        Assert.Null(failure);
    }
}
