using System.Diagnostics;
using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>
/// Packs lines into packets: as many as fit, with a line feed between two of them and none after the last, so that a line
/// is never split.
/// </summary>
/// <remarks>
/// One owner at a time: the thread that exports. It writes into <see cref="Free"/>, says with <see cref="Commit"/> how much,
/// and with <see cref="CompleteEntry"/> that an entry (all lines of one point) is whole; an entry may span packets, and a line
/// hold several with <see cref="CommitEntries"/>. The buffer never leaves: a sink reads it during <see cref="IPacketSink.Add"/> only. An entry that fails is counted here, any
/// other by the sink. Fixed memory.
/// </remarks>
internal sealed class PacketBuilder(int maxPacketBytes, IPacketSink sink, ExportTally tally)
{
    // One byte more than a packet: every line is followed by its separator, and that of the last one is not sent.
    private readonly byte[] buffer = new byte[maxPacketBytes + 1];
    private int length;
    private long completeEntries;
    private long spanning;
    private bool hasOpenLines;
    private bool openSpans;
    private bool sharesLines;
    private DropReason? openEntryLoss;
    private long earlierEntries;

    /// <summary>Of whoever packs.</summary>
    public ExporterEvents Events => tally.Events;

    public int MaxPacketBytes => buffer.Length - 1;

    /// <summary>The memory it has taken for good.</summary>
    public int MemoryBytes => buffer.Length;

    /// <summary>Whether no line waits for its packet to become full.</summary>
    public bool IsEmpty => length == 0;

    /// <summary>How many entries have ended so far, those that failed included.</summary>
    public long Entries => earlierEntries + completeEntries;

    /// <summary>Where the next line goes: what the current packet has left after the separator.</summary>
    public Span<byte> Free
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var left = buffer.Length - 1 - length;
            return left > 0 ? buffer.AsSpan(length, left) : default;
        }
    }

    /// <summary>Adds the first <paramref name="bytes"/> of <see cref="Free"/> to the packet as one line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Commit(int bytes)
    {
        Debug.Assert(bytes > 0 && bytes <= Free.Length, "A line is committed only where it was written.");
        length += bytes;
        buffer[length++] = (byte)'\n';
        hasOpenLines = true;
    }

    /// <summary>As <see cref="Commit"/>, of a line that is an entry by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CommitEntry(int bytes)
    {
        Debug.Assert(!hasOpenLines && openEntryLoss is null, "Another entry is open.");
        Debug.Assert(bytes > 0 && bytes <= Free.Length, "A line is committed only where it was written.");
        var end = length + bytes;
        buffer[end] = (byte)'\n';
        length = end + 1;
        completeEntries++;
    }

    /// <summary>As <see cref="Commit"/>, of a line that is several entries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CommitEntries(int bytes, int entries)
    {
        Debug.Assert(entries > 0, "A line has something to say.");
        CommitEntry(bytes);
        completeEntries += entries - 1;
        sharesLines |= entries > 1;
    }

    /// <summary>Counts entries of which nothing was written as lost.</summary>
    public void FailEntries(DropReason reason, long entries)
    {
        Debug.Assert(!hasOpenLines && openEntryLoss is null, "Another entry is open.");
        tally.CountDroppedPoints(reason, entries);
        earlierEntries += entries;
    }

    /// <summary>Marks the open entry as lost for <paramref name="reason"/>, unless it is lost already.</summary>
    public void FailEntry(DropReason reason) => openEntryLoss ??= reason;

    /// <summary>Ends the open entry, which counts as exported once the packets with its lines are delivered.</summary>
    public void CompleteEntry() => CompleteEntries(1);

    /// <summary>As <see cref="CompleteEntry"/>, of lines that are several entries, which share one fate.</summary>
    public void CompleteEntries(long entries)
    {
        Debug.Assert(entries > 0, "Lines have something to say.");
        if (openEntryLoss is { } reason)
        {
            tally.CountDroppedPoints(reason, entries);
            earlierEntries += entries;
        }
        else
        {
            Debug.Assert(hasOpenLines && length > 0, "An entry without a line has to say why.");
            spanning = openSpans ? entries : spanning;
            completeEntries += entries;
            sharesLines |= entries > 1;
        }

        AbandonEntry();
    }

    /// <summary>Ends the open entry, if there is one, without counting it.</summary>
    public void AbandonEntry()
    {
        openEntryLoss = null;
        hasOpenLines = false;
        openSpans = false;
    }

    /// <summary>Hands the current packet, if there is one, to the sink.</summary>
    public void Flush()
    {
        if (length == 0)
        {
            Debug.Assert(completeEntries == 0, "An entry ends in the packet that holds its last line.");
            return;
        }

        var entries = new PacketEntries(completeEntries, spanning, openSpans, sharesLines);
        var packet = buffer.AsSpan(0, length - 1);
        length = 0;
        earlierEntries += completeEntries;
        completeEntries = 0;
        spanning = 0;
        sharesLines = false;
        openSpans = hasOpenLines;
        sink.Add(packet, entries);
    }
}
