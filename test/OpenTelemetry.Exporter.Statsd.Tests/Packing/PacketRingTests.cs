using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Whatever is done to a ring, what it gives to send is what a list of packets would give.</summary>
public sealed class PacketRingTests
{
    private const int LargestRun = 65_507;

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, from share in Shares
            from pads in ArbMap.Default.GeneratorFor<bool>()
            from times in Gen.Choose(1, 8)
            select new Step(Act.Add, share, times, pads)),
        (2, from times in Gen.Choose(1, 70) select new Step(Act.Add, 0, times, Pads: false)),
        (4, from most in Gen.Choose(1, 70) select new Step(Act.Send, 100, most)),
        (2, from most in Gen.Choose(1, 70) from share in Gen.Choose(0, 99) select new Step(Act.Send, share, most)),
        (5, from times in Gen.Choose(1, 12) select new Step(Act.Remove, 0, times)),
        (1, from times in Gen.Choose(13, 200) select new Step(Act.Remove, 0, times)),
        (1, Gen.Constant(new Step(Act.Rewind))));

    private static readonly Gen<Case> Cases =
        from framing in Gen.Elements(Enum.GetValues<PacketFraming>())
        from maxPacket in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(64, 1500), Gen.Choose(30_000, 65_507))
        from packets in Gen.Choose(1, 20)
        from spare in Gen.Choose(4, maxPacket + 4)
        from steps in Steps.ListOf()
        select new Case(framing, maxPacket, (packets * maxPacket) + spare, [.. steps]);

    private readonly HashSet<string> seen = [];

    /// <summary>A packet's length as a share of the longest in percent: 0 stands for a byte, and most packets are full.</summary>
    private static Gen<int> Shares => Gen.Frequency((3, Gen.Constant(100)), (2, Gen.Choose(0, 100)), (1, Gen.Constant(0)));

    private enum Act
    {
        Add,
        Send,
        Remove,
        Rewind,
    }

    private sealed record Step(Act Act, int Share = 0, int Times = 0, bool Pads = false);

    private sealed record Case(PacketFraming Framing, int MaxPacketBytes, int CapacityBytes, Step[] Steps);

    [Fact]
    public void It_gives_what_a_list_of_packets_would_give()
    {
        Prop.ForAll(Cases.ToArbitrary(), Holds).Check(RandomCases.Of(1000).WithEndSize(150));
        string[] all =
        [
            "full of bytes", "full of packets", "wrapped", "part", "several", "largest run", "padded", "ended by a gap", "ended by a short packet",
            "whole lines",
            .. Enum.GetNames<PacketFraming>(),
        ];
        Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_is_full_when_it_has_no_more_places_although_there_are_bytes()
    {
        var ring = new PacketRing(capacityBytes: 4096, maxPacketBytes: 1024, PacketFraming.Datagram);
        var added = 0;
        while (ring.TryAdd([(byte)added], default, pads: false))
        {
            added++;
        }

        Assert.Equal(64, added);
        Assert.Equal((64, 64), (ring.Count, ring.Bytes));
        Assert.Equal(0, ring.RemoveOldest().Offset);
        Assert.True(ring.TryAdd([64], default, pads: false));
        Assert.False(ring.TryAdd([65], default, pads: false));
        Assert.Equal([.. Enumerable.Range(1, 64).Select(value => (byte)value)], Enumerable.Range(0, 64).Select(_ =>
        {
            var run = ring.Next(1);
            ring.MarkSent(run, 1);
            return run.Bytes.Span[0];
        }));
    }

    [Fact]
    public void Its_memory_is_what_it_was_asked_for_and_a_little()
    {
        var ring = new PacketRing(capacityBytes: 1 << 20, maxPacketBytes: 1432, PacketFraming.Datagram);
        Assert.InRange(ring.MemoryBytes, 1 << 20, (1 << 20) + (1 << 18));
    }

    private void Holds(Case given)
    {
        var model = new Model(given, seen);
        foreach (var step in given.Steps)
        {
            switch (step.Act)
            {
                case Act.Add:
                    model.Add(step.Share, step.Times, step.Pads);
                    break;
                case Act.Send:
                    model.Send(step.Times, step.Share);
                    break;
                case Act.Remove:
                    model.Remove(step.Times);
                    break;
                default:
                    model.Rewind();
                    break;
            }

            model.AssertSizes();
        }

        model.Drain();
        seen.Add(given.Framing.ToString());
    }

    /// <summary>A list of packets, and the ring that is to behave like it.</summary>
    private sealed class Model(Case given, HashSet<string> seen)
    {
        private readonly PacketRing ring = new(given.CapacityBytes, given.MaxPacketBytes, given.Framing);
        private readonly List<Packet> packets = [];
        private readonly Dictionary<int, StoredPacket> stored = [];
        private readonly List<(Packet Last, Packet Next, int RunBytes)> ends = [];
        private int number;
        private int sent;
        private int part;

        private sealed record Packet(int Number, byte[] Wire, PacketEntries Entries, bool Pads);

        /// <summary>How much of what was sent of a packet is lines that a receiver has got whole.</summary>
        private int WholeLines
        {
            get
            {
                var end = given.Framing == PacketFraming.LineFeed ? part : 0;
                while (end > 0 && packets[sent].Wire[end - 1] != '\n')
                {
                    end--;
                }

                return end;
            }
        }

        private bool IsCut => WholeLines < part;

        private bool IsDatagram => given.Framing == PacketFraming.Datagram;

        public void Add(int share, int times, bool pads)
        {
            for (var i = 0; i < times; i++)
            {
                number++;
                var body = new byte[Math.Max(1, given.MaxPacketBytes * share / 100)];
                new Random(number).NextBytes(body);
                var packet = new Packet(number, Framed(body), new PacketEntries(number, number % 2, number % 5 == 0), pads);
                if (ring.TryAdd(body, packet.Entries, pads))
                {
                    packets.Add(packet);
                }
                else
                {
                    AssertFull();
                }
            }
        }

        public void Send(int most, int share)
        {
            if (sent == packets.Count)
            {
                Assert.Equal(0, ring.Unsent);
                return;
            }

            var run = Next(most);
            var taken = share == 100 ? run.Bytes.Length : IsDatagram ? 0 : run.Bytes.Length * share / 100;
            ring.MarkSent(run, taken);
            if (taken == run.Bytes.Length)
            {
                sent += run.Count;
                part = 0;
            }
            else
            {
                for (part += taken; part >= packets[sent].Wire.Length; sent++)
                {
                    part -= packets[sent].Wire.Length;
                }
            }

            Note(part > 0, "part");
            Note(run.Count > 1, "several");
        }

        public void Remove(int times)
        {
            for (var i = 0; i < times && packets.Count > 0; i++)
            {
                if (sent == 0 && IsCut)
                {
                    Rewind();
                }

                var oldest = packets[0];
                packets.RemoveAt(0);
                part = sent == 0 ? 0 : part;
                sent = Math.Max(0, sent - 1);
                var removed = ring.RemoveOldest();
                Assert.Equal(oldest.Entries, removed.Entries);
                Assert.Equal(oldest.Wire.Length, removed.Length);
                var most = oldest.Pads && IsDatagram ? given.MaxPacketBytes : oldest.Wire.Length;
                Assert.InRange(removed.Extent, oldest.Wire.Length, most);
                Assert.InRange(removed.Offset, 0, given.CapacityBytes - removed.Extent);
                Note(removed.Extent > removed.Length, "padded");
                Note(stored.TryGetValue(oldest.Number - 1, out var before) && before.Offset > removed.Offset, "wrapped");
                stored[oldest.Number] = removed;
            }
        }

        public void Rewind()
        {
            Assert.Equal(sent + (IsCut ? 1 : 0), ring.Rewind());
            part = sent == 0 ? WholeLines : 0;
            sent = 0;
            Note(part > 0, "whole lines");
        }

        public void AssertSizes()
        {
            Assert.Equal(packets.Count, ring.Count);
            Assert.Equal(sent, ring.Sent);
            Assert.Equal(packets.Count - sent, ring.Unsent);
            Assert.Equal(IsCut, ring.IsCut);
            Assert.InRange(ring.Bytes, packets.Sum(packet => packet.Wire.Length), given.CapacityBytes);
            if (ring.Unsent > 0)
            {
                Next(64);
            }
        }

        /// <summary>Reads everything once more, takes it out, and sees why runs ended where they did.</summary>
        public void Drain()
        {
            Rewind();
            while (ring.Unsent > 0)
            {
                var run = Next(1);
                ring.MarkSent(run, run.Bytes.Length);
                sent++;
                part = 0;
            }

            Remove(packets.Count);
            Assert.Equal((0, 0, 0), (ring.Count, ring.Bytes, ring.Sent));
            foreach (var (last, next, runBytes) in ends)
            {
                var one = stored[last.Number];
                var other = stored[next.Number];
                var isGap = one.Offset + one.Extent != other.Offset;
                var isShort = IsDatagram && one.Extent < given.MaxPacketBytes;
                var isLong = runBytes + (one.Extent - one.Length) + other.Length > LargestRun;
                Assert.True(isGap || isShort || isLong, $"A run could have gone on after packet {last.Number}.");
                Note(isGap && !isShort && !isLong, "ended by a gap");
                Note(isShort && !isGap && !isLong, "ended by a short packet");
                Note(isLong && !isGap && !isShort, "largest run");
            }
        }

        private PacketRun Next(int most)
        {
            var run = ring.Next(most);
            Assert.InRange(run.Count, 1, Math.Min(most, packets.Count - sent));
            var ahead = packets.GetRange(sent, run.Count);
            Assert.Equal(Wire(ahead), run.Bytes.ToArray());
            Assert.True(run.Count == 1 || run.Bytes.Length <= LargestRun, "A run is longer than a call may be.");
            if (run.Count < most && sent + run.Count < packets.Count)
            {
                ends.Add((ahead[^1], packets[sent + run.Count], run.Bytes.Length + part));
            }

            return run;
        }

        /// <summary>Packets as one call sends them: all datagrams but the last are of the greatest length.</summary>
        private byte[] Wire(List<Packet> run)
        {
            var bytes = new List<byte>();
            foreach (var packet in run)
            {
                bytes.AddRange(packet.Wire);
                if (IsDatagram && packet != run[^1])
                {
                    Assert.True(packet.Pads || packet.Wire.Length == given.MaxPacketBytes, "Only what may be is padded.");
                    bytes.AddRange(Enumerable.Repeat((byte)'\n', given.MaxPacketBytes - packet.Wire.Length));
                }
            }

            bytes.RemoveRange(0, part);
            return [.. bytes];
        }

        /// <summary>
        /// A gap at the end, where the next packet did not fit, is shorter than a packet; if of the rest there is room for two,
        /// one of two free pieces takes one.
        /// </summary>
        private void AssertFull()
        {
            var places = Math.Max(64, 4 * (given.CapacityBytes / given.MaxPacketBytes));
            var longest = given.MaxPacketBytes + 4;
            Assert.True(packets.Count > 0, "An empty ring takes any packet.");
            Assert.True(packets.Count == places || given.CapacityBytes - ring.Bytes < 2 * longest, "There was room.");
            Note(packets.Count == places, "full of packets");
            Note(packets.Count < places, "full of bytes");
        }

        private byte[] Framed(byte[] body)
        {
            switch (given.Framing)
            {
                case PacketFraming.LengthPrefix:
                    var prefix = new byte[4];
                    BinaryPrimitives.WriteUInt32LittleEndian(prefix, (uint)body.Length);
                    return [.. prefix, .. body];
                case PacketFraming.LineFeed:
                    return [.. body, (byte)'\n'];
                default:
                    return body;
            }
        }

        private void Note(bool happened, string what)
        {
            if (happened)
            {
                seen.Add(what);
            }
        }
    }
}
