using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace Benchmarks;

/// <summary>One way to hand lines from many threads to one, bounded; a struct, so that <see cref="LaneSubject{TQueue}"/> has no call to it.</summary>
internal interface ILineQueue
{
    /// <summary>Appends a copy of the line, or returns false: there is no room.</summary>
    bool TryAppend(ReadOnlySpan<byte> line);

    /// <summary>Copies all lines out, one after another, into the destination. One thread at a time.</summary>
    void Drain(byte[] destination);
}

/// <summary>Appends the same line again and again.</summary>
internal sealed class LaneSubject<TQueue>(TQueue queue, byte[] line) : BatchSubject
    where TQueue : struct, ILineQueue
{
    private readonly TQueue queue = queue;
    private readonly byte[] destination = new byte[2048];

    public override int RunBatch(int first)
    {
        var refused = 0;
        for (var i = 0; i < BatchSize; i++)
        {
            refused += RunOne(i);
        }

        return refused;
    }

    public override int RunOne(int number) => queue.TryAppend(line) ? 0 : 1;

    public override void Drain() => queue.Drain(destination);
}

internal readonly struct LaneQueue(int bytes, int own, int shared) : ILineQueue
{
    private readonly LaneBuffer buffer = new(bytes, own, shared, Line.MaxBytes);

    public bool TryAppend(ReadOnlySpan<byte> line) => buffer.TryAppend(line, EntryPriority.High);

    public void Drain(byte[] destination)
    {
        var sink = new Copier(destination);
        buffer.Drain(ref sink);
    }

}

/// <summary>Appends the way a stream does: two numbers, a length that is known beforehand.</summary>
internal readonly struct PairQueue(int bytes, int own) : ILineQueue
{
    private readonly LaneBuffer buffer = new(bytes, own, sharedLanes: 0, sizeof(int) + sizeof(long));

    public bool TryAppend(ReadOnlySpan<byte> line) =>
        buffer.TryAppend(LaneSeat.First, MemoryMarshal.Read<int>(line), MemoryMarshal.Read<long>(line[sizeof(int)..]), EntryPriority.High);

    public void Drain(byte[] destination)
    {
        var sink = new Copier(destination);
        buffer.Drain(ref sink);
    }
}

internal readonly struct Copier(byte[] destination) : IEntrySink
{
    public bool Take(ReadOnlySpan<byte> entry)
    {
        entry.CopyTo(destination);
        return true;
    }
}

/// <summary>A line by value, as large as it may get, so that a queue of objects needs no allocation either.</summary>
internal readonly struct Line
{
    public const int MaxBytes = 92;

    private readonly int length;
    private readonly Buffer bytes;

    public Line(ReadOnlySpan<byte> line)
    {
        length = line.Length;
        line.CopyTo(bytes);
    }

    public void CopyTo(byte[] destination) => ((ReadOnlySpan<byte>)bytes)[..length].CopyTo(destination);

    [InlineArray(MaxBytes)]
    private struct Buffer
    {
        private byte first;
    }
}

internal readonly struct ChannelQueue(int bytes) : ILineQueue
{
    private readonly Channel<Line> channel = Channel.CreateBounded<Line>(
        new BoundedChannelOptions(bytes / Unsafe.SizeOf<Line>()) { SingleReader = true });

    public bool TryAppend(ReadOnlySpan<byte> line) => channel.Writer.TryWrite(new Line(line));

    public void Drain(byte[] destination)
    {
        for (var left = channel.Reader.Count; left > 0 && channel.Reader.TryRead(out var line); left--)
        {
            line.CopyTo(destination);
        }
    }
}

/// <summary>Bounded by a count beside it: its own is a walk.</summary>
internal readonly struct ConcurrentQueue(int bytes) : ILineQueue
{
    private readonly ConcurrentQueue<Line> queue = new();
    private readonly StrongBox<int> count = new();
    private readonly int bound = bytes / Unsafe.SizeOf<Line>();

    public bool TryAppend(ReadOnlySpan<byte> line)
    {
        if (Interlocked.Increment(ref count.Value) > bound)
        {
            Interlocked.Decrement(ref count.Value);
            return false;
        }

        queue.Enqueue(new Line(line));
        return true;
    }

    public void Drain(byte[] destination)
    {
        for (var left = Volatile.Read(ref count.Value); left > 0 && queue.TryDequeue(out var line); left--)
        {
            Interlocked.Decrement(ref count.Value);
            line.CopyTo(destination);
        }
    }
}

/// <summary>Two buffers that change places: a drain holds the lock no longer than that takes.</summary>
internal readonly struct LockedQueue(int bytes) : ILineQueue
{
    private readonly Lock gate = new();
    private readonly State state = new(bytes / 2);

    public bool TryAppend(ReadOnlySpan<byte> line)
    {
        lock (gate)
        {
            return state.TryAppend(line);
        }
    }

    public void Drain(byte[] destination)
    {
        lock (gate)
        {
            state.Swap();
        }

        state.CopyBack(destination);
    }

    private sealed class State(int bytes)
    {
        private byte[] front = new byte[bytes];
        private byte[] back = new byte[bytes];
        private int length;
        private int backLength;

        public bool TryAppend(ReadOnlySpan<byte> line)
        {
            if (length + 1 + line.Length > front.Length)
            {
                return false;
            }

            front[length++] = (byte)line.Length;
            line.CopyTo(front.AsSpan(length));
            length += line.Length;
            return true;
        }

        public void Swap()
        {
            (front, back) = (back, front);
            (length, backLength) = (0, length);
        }

        public void CopyBack(byte[] destination)
        {
            for (var i = 0; i < backLength;)
            {
                var bytes = back[i++];
                back.AsSpan(i, bytes).CopyTo(destination);
                i += bytes;
            }
        }
    }
}
