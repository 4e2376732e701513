using System.IO.Pipelines;

namespace Benchmarks.Prometheus;

/// <summary>Hands out memory in blocks of the size that Kestrel has, and forgets what is written there.</summary>
internal sealed class DiscardingPipeWriter : PipeWriter
{
    private const int BlockBytes = 4096;

    private byte[] block = new byte[BlockBytes];
    private int used;
    private long unflushed;

    /// <summary>How many bytes there were.</summary>
    public long Written { get; private set; }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (block.Length - used < Math.Max(sizeHint, 1))
        {
            used = 0;
            block = sizeHint > block.Length ? new byte[sizeHint] : block;
        }

        return block.AsMemory(used);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        used += bytes;
        unflushed += bytes;
        Written += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        unflushed = 0;
        return ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: false));
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }
}
