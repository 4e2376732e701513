using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using OpenTelemetry.Exporter.Statsd.Packing;

namespace OpenTelemetry.Exporter.Statsd.Tests.Packing;

/// <summary>
/// Eight producers, at times twice as many, on few cores, with a consumer beside them: threads end and others come, entries
/// have every size, and each of them is delivered once, whole and in its producer's order, or counted as refused.
/// </summary>
/// <remarks>LANE_STRESS_APPENDS says how many entries are to come through; the default takes some seconds.</remarks>
[Collection(Alone.Name)]
public sealed class LaneStressTests(ITestOutputHelper output)
{
    private const int Producers = 8;
    private const int MaxThreads = 1 << 20;

    private static readonly long Appends = long.Parse(
        Environment.GetEnvironmentVariable("LANE_STRESS_APPENDS") ?? "8000000", CultureInfo.InvariantCulture);

    /// <summary>Many times what so many take on a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60 + (Appends / 50_000));

    /// <summary>Lanes for all, for some, for none; small ones, in which every few entries is the end of a lap; entries of any size, or pairs.</summary>
    [Theory]
    [InlineData(16, 2, 1 << 20, 1432, false)]
    [InlineData(5, 2, 1 << 16, 250, false)]
    [InlineData(0, 3, 1 << 16, 250, false)]
    [InlineData(16, 2, 1 << 16, StressPair.Bytes, true)]
    [InlineData(5, 2, 1 << 13, StressPair.Bytes, true)]
    [InlineData(0, 3, 1 << 12, StressPair.Bytes, true)]
    public void Everything_is_delivered_once_or_counted_as_refused(int own, int shared, int totalBytes, int maxEntryBytes, bool isOfPairs)
    {
        var run = new Run(new LaneBuffer(totalBytes, own, shared, maxEntryBytes), isOfPairs);
        run.Execute(Appends);
        run.AssertNothingIsMissing();
        output.WriteLine(run.ToString());
    }

    private sealed class Run(LaneBuffer buffer, bool isOfPairs)
    {
        private readonly StressConsumer consumer = new(buffer, MaxThreads);
        private readonly ConcurrentQueue<(int Id, StressProducer Producer)> finished = new();
        private readonly ConcurrentQueue<Exception> failures = new();
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private int threads;
        private bool stops;

        public void Execute(long appends)
        {
            var starters = Enumerable.Range(0, Producers).Select(_ => Start(KeepStarting)).ToArray();
            while (consumer.Numbered < appends && IsWell)
            {
                consumer.DrainSome();
            }

            // From here on everything is refused, except what was under way.
            buffer.Close();
            while (!buffer.IsDrained && IsWell)
            {
                consumer.DrainSome();
            }

            var delivered = consumer.Numbered + consumer.Tiny;
            Volatile.Write(ref stops, true);
            Assert.All(starters, starter => Assert.True(starter.Join(Patience), "A producer does not end."));
            consumer.DrainSome();
            Assert.Empty(failures);
            Assert.True(clock.Elapsed < Patience, "The consumer waits for entries that do not come.");
            Assert.Null(consumer.Fault);
            Assert.Equal(delivered, consumer.Numbered + consumer.Tiny);
        }

        public void AssertNothingIsMissing()
        {
            var producers = finished.ToArray();
            Assert.All(producers, finished => Assert.Equal(finished.Producer.Numbered, consumer.NumberedOf(finished.Id)));
            Assert.Equal(producers.Sum(finished => finished.Producer.Tiny), consumer.Tiny);
            Assert.Equal(producers.Sum(finished => (long)finished.Producer.Numbered), consumer.Numbered);
            var totals = buffer.ReadTotals();
            Assert.Equal(consumer.Numbered + consumer.Tiny, totals.Appended);
            Assert.Equal(totals.Appended, totals.Drained);
            Assert.Equal(0, totals.QueuedBytes);
            foreach (var priority in Enum.GetValues<EntryPriority>())
            {
                Assert.Equal(producers.Sum(finished => finished.Producer.Refused[(int)priority]), buffer.Refused(priority));
            }

            Assert.Equal(producers.Sum(finished => finished.Producer.Offered), totals.Appended + Refused().Sum(refused => refused.Entries));
        }

        public override string ToString() =>
            $"{buffer.ReadTotals().Appended} appended by {threads} threads, refused: {string.Join(", ", Refused())}";

        private bool IsWell => consumer.Fault is null && failures.IsEmpty && clock.Elapsed < Patience;

        private IEnumerable<(RefusalReason Reason, EntryPriority Priority, long Entries)> Refused() =>
            from reason in Enum.GetValues<RefusalReason>()
            from priority in Enum.GetValues<EntryPriority>()
            select (reason, priority, buffer.Refused(reason, priority));

        /// <summary>One producer after another, each a thread of its own; at times a second one beside it.</summary>
        private void KeepStarting()
        {
            var random = new Random();
            while (!Volatile.Read(ref stops) && IsWell)
            {
                var entries = random.Next(10) == 0 ? random.Next(200_000) : random.Next(5_000);
                var second = random.Next(5) == 0 ? Produce(random.Next(1_000)) : null;
                Produce(entries).Join();
                second?.Join();
            }
        }

        private Thread Produce(int entries)
        {
            var id = Interlocked.Increment(ref threads) - 1;
            return Start(() =>
            {
                var producer = new StressProducer(buffer, id, isOfPairs);
                producer.Run(entries, ref stops);
                finished.Enqueue((id, producer));
            });
        }

        private Thread Start(Action action)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    action();
                }
                catch (Exception exception)
                {
                    failures.Enqueue(exception);
                }
            })
            { IsBackground = true };
            thread.Start();
            return thread;
        }
    }
}
