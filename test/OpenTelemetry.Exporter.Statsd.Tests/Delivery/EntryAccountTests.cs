using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>
/// However entries spread over packets, and whichever packets are lost: each entry counts once, as exported if all its lines arrived, else
/// as dropped for the first reason.
/// </summary>
public sealed class EntryAccountTests
{
    private static readonly DropReason[] OwnReasons = [DropReason.InvalidValue, DropReason.NegativeCounter];
    private static readonly DropReason[] PacketReasons = [DropReason.BufferFull, DropReason.ReceiverAway, DropReason.PacketTooLarge];

    private static readonly Gen<Entry> Entries =
        from lines in Gen.Choose(1, 20).SelectMany(length => Gen.Choose(1, length).ListOf())
        from single in Gen.Choose(1, 30)
        from isSingle in ArbMap.Default.GeneratorFor<bool>()
        from failsBefore in Gen.Frequency((4, Gen.Constant(-1)), (1, Gen.Choose(0, 6)))
        from reason in Gen.Elements(OwnReasons)
        from flushes in Gen.Choose(0, 5).Select(number => number == 0)
        from shared in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(2, 50)))
        select isSingle ? new Entry([single], -1, reason, flushes, shared) : new Entry([.. lines], failsBefore, reason, flushes, shared);

    private static readonly Gen<Case> Cases =
        from packetBytes in Gen.Choose(1, 40)
        from entries in Entries.ListOf()
        from fates in Gen.Frequency((2, Gen.Constant<DropReason?>(null)), (1, Gen.Elements(PacketReasons).Select(reason => (DropReason?)reason)))
            .ArrayOf(300)
        select new Case(packetBytes, [.. entries], fates);

    private readonly HashSet<string> seen = [];

    /// <param name="Lines">Their lengths.</param>
    /// <param name="FailsBefore">The line that cannot be written, for a reason of its own; none if there are fewer, or it is negative.</param>
    /// <param name="Reason">That reason.</param>
    /// <param name="Flushes">Whether the packet ends with this entry.</param>
    /// <param name="Shared">How many entries its lines stand for, all of which share their fate.</param>
    private sealed record Entry(int[] Lines, int FailsBefore, DropReason Reason, bool Flushes, int Shared)
    {
        public bool FailsAtTheEnd => FailsBefore >= Lines.Length || Lines.Length == 0;
    }

    /// <param name="PacketBytes">The longest packet.</param>
    /// <param name="Entries">What is exported.</param>
    /// <param name="Fates">Of each packet in turn: why it was lost, or null if it was delivered.</param>
    private sealed record Case(int PacketBytes, Entry[] Entries, DropReason?[] Fates)
    {
        public DropReason? Fate(int packet) => Fates[packet % Fates.Length];
    }

    [Fact]
    public void Each_entry_counts_once()
    {
        Prop.ForAll(Cases.ToArbitrary(), Holds).Check(RandomCases.Of(2000).WithEndSize(60));
        string[] all =
        [
            "exported", "exported over packets", "failed", "too long", "lost", "lost over packets", "lost twice for different reasons",
            "shared", "shared exported over packets", "shared lost over packets",
        ];
        Assert.Equal(all.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    private void Holds(Case given)
    {
        var tally = new ExportTally(new ExporterEvents("test"));
        var sink = new Sink();
        var builder = new PacketBuilder(given.PacketBytes, sink, tally);
        var placed = given.Entries.Select(entry => Write(builder, sink, entry)).ToArray();
        builder.Flush();

        // As a ring does: some at once, the rest later, always in order.
        var account = new EntryAccount(tally);
        for (var packet = 0; packet < sink.Packets.Count; packet++)
        {
            var (bytes, entries) = sink.Packets[packet];
            var stored = new StoredPacket(Offset: 0, bytes, bytes, entries);
            if (given.Fate(packet) is { } reason)
            {
                account.Dropped(stored, reason);
            }
            else
            {
                account.Delivered(stored);
            }
        }

        var exported = 0;
        var dropped = new long[DropReasons.Count];
        foreach (var ((ownLoss, packets), entry) in placed.Zip(given.Entries))
        {
            var losses = packets.Distinct().Select(given.Fate).OfType<DropReason>().ToArray();
            if ((ownLoss ?? losses.Cast<DropReason?>().FirstOrDefault()) is { } loss)
            {
                dropped[(int)loss] += entry.Shared;
            }
            else
            {
                exported += entry.Shared;
            }

            Note(entry.Shared > 1, ownLoss, packets.Distinct().Count(), losses);
        }

        Assert.Equal(given.Entries.Sum(entry => entry.Shared), builder.Entries);
        Assert.Equal(exported, tally.PointsExported);
        Assert.Equal(dropped, tally.PointsDropped);
        AssertPackets(given, sink, tally);
    }

    [Fact]
    public void Where_lines_hold_several_entries_those_that_were_sent_are_not_known_by_their_number()
    {
        // Three entries in one line, then one in three lines: as many entries as lines, all the same.
        var tally = new ExportTally(new ExporterEvents("test"));
        var sink = new Sink();
        var builder = new PacketBuilder(100, sink, tally);
        builder.Free[..10].Fill((byte)'x');
        builder.CommitEntries(10, 3);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            builder.Free[..10].Fill((byte)'x');
            builder.Commit(10);
        }

        builder.CompleteEntry();
        builder.Flush();
        var (bytes, entries) = Assert.Single(sink.Packets);
        new EntryAccount(tally).Dropped(new StoredPacket(0, bytes, bytes, entries), DropReason.ReceiverAway, (Sent: 3, All: 4));
        Assert.Equal(4, tally.PointsDropped[(int)DropReason.ReceiverAway]);
        Assert.Equal(0, tally.PointsExported);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Entries_that_end_together_are_all_lost_with_any_of_their_packets(int lost)
    {
        // Three entries in three lines, the last of which shares its packet with another entry.
        var tally = new ExportTally(new ExporterEvents("test"));
        var sink = new Sink();
        var builder = new PacketBuilder(15, sink, tally);
        foreach (var bytes in (int[])[10, 10, 7])
        {
            if (bytes > builder.Free.Length)
            {
                builder.Flush();
            }

            builder.Free[..bytes].Fill((byte)'x');
            builder.Commit(bytes);
        }

        builder.CompleteEntries(3);
        builder.Free[..7].Fill((byte)'x');
        builder.CommitEntry(7);
        builder.Flush();
        Assert.Equal(3, sink.Packets.Count);
        var account = new EntryAccount(tally);
        for (var packet = 0; packet < 3; packet++)
        {
            var (bytes, entries) = sink.Packets[packet];
            var stored = new StoredPacket(0, bytes, bytes, entries);
            if (packet == lost)
            {
                account.Dropped(stored, DropReason.BufferFull);
            }
            else
            {
                account.Delivered(stored);
            }
        }

        var together = lost == 2 ? 4 : 3;
        Assert.Equal(together, tally.PointsDropped[(int)DropReason.BufferFull]);
        Assert.Equal(4 - together, tally.PointsExported);
    }

    private static void AssertPackets(Case given, Sink sink, ExportTally tally)
    {
        var delivered = sink.Packets.Where((_, index) => given.Fate(index) is null).ToArray();
        Assert.Equal(delivered.Length, tally.PacketsSent);
        Assert.Equal(delivered.Sum(packet => packet.Bytes), tally.BytesSent);
        foreach (var reason in PacketReasons)
        {
            var lost = sink.Packets.Where((_, index) => given.Fate(index) == reason).ToArray();
            Assert.Equal(lost.Length, tally.PacketsDropped[(int)reason]);
            Assert.Equal(lost.Sum(packet => packet.Bytes), tally.BytesDropped[(int)reason]);
        }
    }

    /// <summary>Writes an entry as an exporter does.</summary>
    /// <returns>Why it failed by itself, if it did, and which packets its lines are in.</returns>
    private static (DropReason? OwnLoss, List<int> Packets) Write(PacketBuilder builder, Sink sink, Entry entry)
    {
        DropReason? ownLoss = null;
        List<int> packets = [];
        for (var line = 0; line < entry.Lines.Length; line++)
        {
            if (line == entry.FailsBefore)
            {
                Fail(entry.Reason);
            }

            var bytes = entry.Lines[line];
            if (bytes > builder.Free.Length)
            {
                builder.Flush();
            }

            if (bytes > builder.Free.Length)
            {
                if (entry is { Lines.Length: 1, Shared: > 1, FailsAtTheEnd: false } && ownLoss is null)
                {
                    builder.FailEntries(DropReason.LineTooLong, entry.Shared);
                    FlushIfAsked();
                    return (DropReason.LineTooLong, packets);
                }

                Fail(DropReason.LineTooLong);
                continue;
            }

            builder.Free[..bytes].Fill((byte)'x');
            packets.Add(sink.Packets.Count);
            if (entry.Lines.Length == 1 && ownLoss is null && !entry.FailsAtTheEnd)
            {
                if (entry.Shared > 1)
                {
                    builder.CommitEntries(bytes, entry.Shared);
                }
                else
                {
                    builder.CommitEntry(bytes);
                }

                FlushIfAsked();
                return (null, packets);
            }

            builder.Commit(bytes);
        }

        if (entry.FailsAtTheEnd)
        {
            Fail(entry.Reason);
        }

        builder.CompleteEntries(entry.Shared);
        FlushIfAsked();
        return (ownLoss, packets);

        void Fail(DropReason reason)
        {
            builder.FailEntry(reason);
            ownLoss ??= reason;
        }

        void FlushIfAsked()
        {
            if (entry.Flushes)
            {
                builder.Flush();
            }
        }
    }

    private void Note(bool isShared, DropReason? ownLoss, int packets, DropReason[] losses)
    {
        seen.UnionWith(!isShared ? [] : packets <= 1 || ownLoss is not null ? ["shared"]
            : losses.Length > 0 ? ["shared lost over packets"] : ["shared exported over packets"]);
        var several = packets > 1 ? " over packets" : string.Empty;
        seen.Add(ownLoss == DropReason.LineTooLong ? "too long" : ownLoss is not null ? "failed" : losses.Length > 0 ? "lost" + several : "exported" + several);
        if (ownLoss is null && losses.Distinct().Count() > 1)
        {
            seen.Add("lost twice for different reasons");
        }
    }

    private sealed class Sink : IPacketSink
    {
        public List<(int Bytes, PacketEntries Entries)> Packets { get; } = [];

        public void Add(ReadOnlySpan<byte> packet, PacketEntries entries)
        {
            Assert.NotEqual((byte)'\n', packet[^1]);
            Packets.Add((packet.Length, entries));
        }
    }
}
