using System.IO.Pipes;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>A write to a pipe that has its time, and does not allocate.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. The write reads a copy of the packet, and its end is told by a thread of the pool. So one that
/// has not ended keeps its memory, and is not to be used again.
/// </remarks>
internal sealed class PipeWrite : IDisposable
{
    private readonly ManualResetEventSlim completed = new();
    private readonly Action complete;
    private CancellationTokenSource cancellation = new();
    private byte[] packet = [];

    public PipeWrite() => complete = completed.Set;

    /// <summary>Writes the packet, or cancels it when the time is over; throws what the pipe does, if it fails or was cancelled.</summary>
    /// <returns><see langword="false"/> if the write has not ended.</returns>
    public bool TryRun(NamedPipeClientStream pipe, ReadOnlySpan<byte> bytes, TimeSpan time)
    {
        if (packet.Length < bytes.Length)
        {
            packet = new byte[bytes.Length];
        }

        if (!cancellation.TryReset())
        {
            cancellation.Dispose();
            cancellation = new CancellationTokenSource();
        }

        bytes.CopyTo(packet);
        return TryWait(pipe.WriteAsync(packet.AsMemory(0, bytes.Length), cancellation.Token), time);
    }

    private bool TryWait(ValueTask write, TimeSpan time)
    {
        var awaiter = write.ConfigureAwait(false).GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            completed.Reset();
            awaiter.UnsafeOnCompleted(complete);
            if (!completed.Wait(time))
            {
                // On this thread; a timer's callback would wait for the pool.
                cancellation.Cancel();
                if (!completed.Wait(time))
                {
                    return false;
                }
            }
        }

        awaiter.GetResult();
        return true;
    }

    public void Dispose()
    {
        cancellation.Dispose();
        completed.Dispose();
    }
}
