using System.Buffers.Binary;
using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>
/// The packets that wait to be sent, framed as they go out, and after them those that were sent but may have to be sent again;
/// oldest first, in fixed memory.
/// </summary>
/// <remarks>
/// One owner at a time: the thread that exports; <see cref="Bytes"/> and <see cref="Count"/> may be read by any. A packet is always
/// contiguous, and neighbours are back to back, so that one call can send several; where a packet does not fit before the end of the memory, it
/// goes to the beginning.
/// </remarks>
internal sealed class PacketRing
{
    private const int LengthBytes = 4;

    /// <summary>What one call sends at most: the payload of the largest UDP datagram, which also bounds segmentation offload.</summary>
    private const int MaxRunBytes = 65_507;

    /// <summary>Shorter packets than this, on average, run out of places before they run out of memory.</summary>
    private const int ShortPacketBytes = 512;

    /// <summary>No more places than this for the sake of short packets, however much memory there is.</summary>
    private const int MostShortPackets = 65_536;

    private readonly byte[] memory;
    private readonly StoredPacket[] packets;
    private readonly int maxPacketBytes;
    private int first;
    private int count;
    private int sent;
    private int partBytes;
    private int nextOffset;
    private int bytes;

    /// <param name="capacityBytes">How much memory packets take together.</param>
    /// <param name="maxPacketBytes">The length of the longest packet, without framing.</param>
    /// <param name="framing">What is added to packets.</param>
    /// <param name="fillsPackets">Whether most packets are about as long as they may be.</param>
    public PacketRing(int capacityBytes, int maxPacketBytes, PacketFraming framing, bool fillsPackets = true)
    {
        Debug.Assert(capacityBytes >= maxPacketBytes + LengthBytes, "The longest packet has to fit.");
        this.maxPacketBytes = maxPacketBytes;
        Framing = framing;

        // Pinned, so that a socket need not pin it for each call. Most packets are full, but the last of each export is not, nor is one that is a single document.
        memory = GC.AllocateUninitializedArray<byte>(capacityBytes, pinned: true);
        var places = Math.Max(64, 4 * (capacityBytes / maxPacketBytes));
        packets = new StoredPacket[fillsPackets ? places : Math.Max(places, Math.Min(capacityBytes / ShortPacketBytes, MostShortPackets))];
    }

    /// <summary>What is added to packets.</summary>
    public PacketFraming Framing { get; }

    /// <summary>How many packets are in the ring.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>How many bytes these take.</summary>
    public int Bytes => Volatile.Read(ref bytes);

    /// <summary>The memory it has taken for good.</summary>
    public int MemoryBytes => memory.Length + (packets.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<StoredPacket>());

    /// <summary>How many packets were sent, but not confirmed by <see cref="RemoveOldest"/>.</summary>
    public int Sent => sent;

    /// <summary>How many packets are still to be sent, one sent in part among them.</summary>
    public int Unsent => count - sent;

    /// <summary>Whether the first unsent packet was cut off within a line or a frame, which only the same connection can complete.</summary>
    public bool IsCut => partBytes > 0 && partBytes != WholeLines();

    /// <summary>How many lines of the first unsent packet were sent whole, and how many it has, where its parts count: within a stream of lines.</summary>
    public (int Sent, int All) Lines
    {
        get
        {
            var packet = WireBytes(packets[Index(sent)]);
            return Framing == PacketFraming.LineFeed ? (packet[..partBytes].Count((byte)'\n'), packet.Count((byte)'\n')) : (0, 0);
        }
    }

    /// <summary>The length of each packet of a run but the last.</summary>
    public int MaxWireBytes => maxPacketBytes + FramingBytes;

    /// <summary>How many full packets a run can hold.</summary>
    public int MaxRun => Math.Max(1, MaxRunBytes / MaxWireBytes);

    private int FramingBytes => Framing switch
    {
        PacketFraming.LengthPrefix => LengthBytes,
        PacketFraming.LineFeed => 1,
        _ => 0,
    };

    /// <summary>Adds a packet as the youngest.</summary>
    /// <param name="packet">Its lines.</param>
    /// <param name="entries">What it holds.</param>
    /// <param name="pads">Whether line feeds after it may bring it to the length of the longest, so that runs are longer.</param>
    /// <returns><see langword="false"/> if there is no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> packet, PacketEntries entries, bool pads)
    {
        Debug.Assert(packet.Length > 0 && packet.Length <= maxPacketBytes, "A packet is never longer than it may be.");
        var length = packet.Length + FramingBytes;
        if (count == packets.Length || !TryPlace(length, out var offset, out var room))
        {
            return false;
        }

        Write(memory.AsSpan(offset, length), packet);
        var extent = length;
        if (pads && Framing == PacketFraming.Datagram)
        {
            extent = Math.Min(maxPacketBytes, room);
            memory.AsSpan(offset + length, extent - length).Fill((byte)'\n');
        }

        packets[Index(count)] = new StoredPacket(offset, length, extent, entries);
        nextOffset = offset + extent;
        Volatile.Write(ref bytes, bytes + extent);
        Volatile.Write(ref count, count + 1);
        return true;
    }

    /// <summary>The next packets to send.</summary>
    /// <param name="maxPackets">How many at most; datagrams go together only if all but the last are of the greatest length.</param>
    public PacketRun Next(int maxPackets)
    {
        Debug.Assert(Unsent > 0 && maxPackets > 0, "There has to be something to send.");
        ref readonly var head = ref packets[Index(sent)];
        var last = head;
        var taken = 1;
        while (taken < maxPackets && sent + taken < count)
        {
            ref readonly var next = ref packets[Index(sent + taken)];
            var follows = last.Offset + last.Extent == next.Offset
                && (Framing != PacketFraming.Datagram || last.Extent == maxPacketBytes);
            if (!follows || next.Offset + next.Length - head.Offset > MaxRunBytes)
            {
                break;
            }

            last = next;
            taken++;
        }

        var start = head.Offset + partBytes;
        return new PacketRun(memory.AsMemory(start, last.Offset + last.Length - start), taken);
    }

    /// <summary>Marks what <see cref="Next"/> gave as sent.</summary>
    /// <param name="run">The run.</param>
    /// <param name="taken">How many of its bytes.</param>
    public void MarkSent(PacketRun run, int taken)
    {
        if (taken == run.Bytes.Length)
        {
            sent += run.Count;
            partBytes = 0;
            return;
        }

        Debug.Assert(Framing != PacketFraming.Datagram || taken == 0, "A datagram is never sent in part.");
        var done = partBytes + taken;
        while (done >= packets[Index(sent)].Length)
        {
            done -= packets[Index(sent)].Length;
            sent++;
        }

        partBytes = done;
    }

    /// <summary>Marks everything as unsent that has to go out on a new connection; of a stream of lines, the one that was cut off.</summary>
    /// <returns>How many packets will be sent again.</returns>
    public int Rewind()
    {
        var again = sent + (IsCut ? 1 : 0);
        partBytes = sent == 0 ? WholeLines() : 0;
        sent = 0;
        return again;
    }

    /// <summary>Takes the oldest packet out.</summary>
    public StoredPacket RemoveOldest()
    {
        Debug.Assert(count > 0, "There has to be one.");
        Debug.Assert(sent > 0 || !IsCut, "Who gives up a packet that was cut off gives up the connection first.");
        var oldest = packets[first];
        first = first + 1 == packets.Length ? 0 : first + 1;
        partBytes = sent == 0 ? 0 : partBytes;
        sent = Math.Max(0, sent - 1);
        Volatile.Write(ref bytes, bytes - oldest.Extent);
        Volatile.Write(ref count, count - 1);
        return oldest;
    }

    private ReadOnlySpan<byte> WireBytes(in StoredPacket packet) => memory.AsSpan(packet.Offset, packet.Length);

    /// <summary>How much of what was sent of the first unsent packet a receiver can read without the rest.</summary>
    private int WholeLines() => Framing == PacketFraming.LineFeed && partBytes > 0
        ? WireBytes(packets[Index(sent)])[..partBytes].LastIndexOf((byte)'\n') + 1
        : 0;

    private int Index(int position)
    {
        var index = first + position;
        return index < packets.Length ? index : index - packets.Length;
    }

    /// <summary>Finds contiguous room, and how much more there is.</summary>
    private bool TryPlace(int length, out int offset, out int room)
    {
        var oldest = count > 0 ? packets[first].Offset : 0;
        if (count == 0)
        {
            offset = 0;
            room = memory.Length;
        }
        else if (nextOffset <= oldest)
        {
            offset = nextOffset;
            room = oldest - nextOffset;
        }
        else if (memory.Length - nextOffset >= length)
        {
            offset = nextOffset;
            room = memory.Length - nextOffset;
        }
        else
        {
            offset = 0;
            room = oldest;
        }

        return room >= length;
    }

    private void Write(Span<byte> destination, ReadOnlySpan<byte> packet)
    {
        switch (Framing)
        {
            case PacketFraming.LengthPrefix:
                BinaryPrimitives.WriteInt32LittleEndian(destination, packet.Length);
                packet.CopyTo(destination[LengthBytes..]);
                break;
            case PacketFraming.LineFeed:
                packet.CopyTo(destination);
                destination[^1] = (byte)'\n';
                break;
            default:
                packet.CopyTo(destination);
                break;
        }
    }
}
