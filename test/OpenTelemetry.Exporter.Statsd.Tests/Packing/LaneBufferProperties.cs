using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>Whatever one thread does with a buffer: it behaves like a queue of bounded size, and says truly what became of each entry.</summary>
public sealed class LaneBufferProperties
{
    private static readonly Config ManyCases = RandomCases.Of(3000);

    private static readonly EntryPriority[] Priorities = Enum.GetValues<EntryPriority>();

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (12, Entries((bytes, priority) => new Step(StepKind.Append, bytes, priority))),
        (6, Entries((_, priority) => new Step(StepKind.Pair, StressPair.Bytes, priority))),
        (4, Entries((bytes, priority) => new Step(StepKind.Commit, bytes, priority))),
        (1, Entries((bytes, priority) => new Step(StepKind.Cancel, bytes, priority))),
        (3, Gen.Choose(1, 30).Select(entries => new Step(StepKind.Drain, entries, default))),
        (1, Gen.Constant(new Step(StepKind.Drain, int.MaxValue, default))));

    private static readonly Gen<Case> Cases =
        from max in Gen.Choose(0, 64)
        from spare in Gen.Choose(0, 700)
        from own in Gen.Elements(true, false)
        from length in Gen.Choose(0, 300)
        from steps in Steps.ListOf(length)
        select new Case(max, (3 * (max + 12)) + 128 + spare, own, [.. steps]);

    private enum StepKind
    {
        Append,
        Pair,
        Commit,
        Cancel,
        Drain,
    }

    /// <param name="Kind">What is done.</param>
    /// <param name="Size">Bytes of an entry; how many entries a sink wants.</param>
    /// <param name="Priority">Of an entry.</param>
    private sealed record Step(StepKind Kind, int Size, EntryPriority Priority);

    private sealed record Case(int MaxEntryBytes, int LaneBytes, bool HasOwnLane, Step[] Steps)
    {
        public override string ToString() => $"{MaxEntryBytes}, {LaneBytes}, {HasOwnLane}: {string.Join("; ", Steps.AsEnumerable())}";
    }

    [Fact]
    public void A_buffer_is_a_bounded_queue() => Prop.ForAll(Cases.ToArbitrary(), Run).Check(ManyCases);

    private static Gen<Step> Entries(Func<int, EntryPriority, Step> step) =>
        from bytes in Gen.Choose(0, 70)
        from priority in Gen.Elements(EntryPriority.High, EntryPriority.High, EntryPriority.High, EntryPriority.Normal, EntryPriority.Low)
        select step(bytes, priority);

    private static void Run(Case given)
    {
        var buffer = new LaneBuffer(given.LaneBytes, given.HasOwnLane ? 1 : 0, given.HasOwnLane ? 0 : 1, given.MaxEntryBytes);
        var queue = new Queue<string>();
        var (appended, tooLong) = (0, 0);
        var refused = new int[Priorities.Length];
        for (var i = 0; i < given.Steps.Length; i++)
        {
            var step = given.Steps[i];
            if (step.Kind == StepKind.Drain)
            {
                var expected = Enumerable.Range(0, Math.Min(step.Size, queue.Count)).Select(_ => queue.Dequeue()).ToArray();
                Assert.Equal(expected, buffer.Drain(step.Size));
            }
            else
            {
                var entry = Text(i, step.Size);
                var isTaken = Offer(buffer, step, entry);
                if (step.Kind == StepKind.Cancel)
                {
                    Assert.False(isTaken);
                }
                else if (entry.Length > given.MaxEntryBytes)
                {
                    Assert.False(isTaken);
                    tooLong++;
                }
                else if (isTaken)
                {
                    queue.Enqueue(entry);
                    appended++;
                }
                else
                {
                    refused[(int)step.Priority]++;
                }

                AssertRoom(given, step, queue, isTaken);
            }

            Assert.Equal(queue.Count == 0, buffer.ReadTotals().QueuedBytes == 0);
        }

        foreach (var priority in Priorities)
        {
            var cancelled = given.Steps.Count(step => step.Kind == StepKind.Cancel && step.Priority == priority);
            Assert.InRange(buffer.Refused(RefusalReason.LaneFull, priority), refused[(int)priority], refused[(int)priority] + cancelled);
        }

        Assert.InRange(
            Priorities.Sum(priority => buffer.Refused(RefusalReason.EntryTooLong, priority)),
            tooLong,
            tooLong + given.Steps.Count(step => step.Kind == StepKind.Cancel));
        Assert.Equal((appended, appended - queue.Count), (buffer.ReadTotals().Appended, buffer.ReadTotals().Drained));
    }

    private static bool Offer(LaneBuffer buffer, Step step, string entry)
    {
        if (step.Kind == StepKind.Pair && buffer.MaxEntryBytes >= StressPair.Bytes)
        {
            ReadOnlySpan<byte> pair = Encoding.UTF8.GetBytes(entry);
            return buffer.TryAppend(LaneSeat.First, MemoryMarshal.Read<int>(pair), MemoryMarshal.Read<long>(pair[sizeof(int)..]), step.Priority);
        }

        if (step.Kind is StepKind.Append or StepKind.Pair)
        {
            return buffer.Append(entry, step.Priority);
        }

        // Asks for more than it needs, as one does before writing text, but for no more than may be asked for.
        var asked = Math.Max(entry.Length, Math.Min(entry.Length + 7, buffer.MaxEntryBytes));
        if (!buffer.TryReserve(asked, step.Priority, out var reservation))
        {
            return false;
        }

        using (reservation)
        {
            reservation.Bytes.Fill((byte)'?');
            Encoding.UTF8.GetBytes(entry, reservation.Bytes);
            if (step.Kind == StepKind.Cancel)
            {
                return false;
            }

            reservation.Commit(entry.Length);
            return true;
        }
    }

    /// <summary>What is refused had no room, and what is of less than high priority leaves a quarter or half free.</summary>
    private static void AssertRoom(Case given, Step step, Queue<string> queue, bool isTaken)
    {
        // Each entry has four bytes of length and fills up to eight; a lane keeps room for one entry and 128 bytes to spare.
        var capacity = (given.LaneBytes - Slot(given.MaxEntryBytes) - 128) / 8 * 8;
        var queued = queue.Sum(entry => Slot(entry.Length));
        if (isTaken)
        {
            // The last entry of a lap may run over the end by almost its whole length, and there is at most one in the queue twice.
            Assert.InRange(queued, 1, LimitOf(step.Priority, capacity) + (2 * Slot(given.MaxEntryBytes)));
        }
        else if (step.Kind is StepKind.Append or StepKind.Pair && step.Size <= given.MaxEntryBytes)
        {
            Assert.True(queued + Slot(step.Size) > LimitOf(step.Priority, capacity), $"{queued} of {capacity} used, {step.Size} refused");
        }
    }

    private static int LimitOf(EntryPriority priority, int capacity) => priority switch
    {
        EntryPriority.Low => capacity / 2,
        EntryPriority.Normal => capacity * 3 / 4,
        _ => capacity,
    };

    private static int Slot(int bytes) => (bytes + 4 + 7) / 8 * 8;

    private static string Text(int number, int bytes) => $"{number},".PadRight(bytes, (char)('a' + (number % 26)))[..bytes];
}
