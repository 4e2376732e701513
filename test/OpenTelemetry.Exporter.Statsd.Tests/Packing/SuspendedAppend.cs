using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>A thread that is in the middle of appending "late" until <see cref="Resume"/>.</summary>
internal sealed class SuspendedAppend : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ManualResetEventSlim begun = new();
    private readonly ManualResetEventSlim resume = new();
    private readonly Thread thread;

    public SuspendedAppend(LaneBuffer buffer)
    {
        thread = new Thread(() =>
        {
            var isReserved = buffer.TryReserve(10, EntryPriority.High, out var reservation);
            IsReserved = isReserved;
            begun.Set();
            resume.Wait();
            if (isReserved)
            {
                "late"u8.CopyTo(reservation.Bytes);
                reservation.Commit(4);
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.True(begun.Wait(Patience), "The append does not begin.");
    }

    public bool IsReserved { get; private set; }

    public void Resume()
    {
        resume.Set();
        Assert.True(thread.Join(Patience), "The append does not end.");
    }

    public void Dispose()
    {
        Resume();
        begun.Dispose();
        resume.Dispose();
    }
}
