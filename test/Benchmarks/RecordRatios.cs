using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;

namespace Benchmarks;

/// <summary>
/// What recording a number with three tags costs: into a stream, by an instrument or a series resolved before, against the SDK's own
/// aggregation of a histogram. All take turns within one process, so that ratios of one run mean something.
/// </summary>
/// <remarks>
/// <para>Long runs are 4,096 measurements without a pause, drained afterwards. Batches of 16 and single measurements come at a
/// million a second, with pauses by spinning, while another thread drains once a millisecond; each is timed, less
/// what timing costs. A timer of this kind steps by 10 ns or more, so single ones are that coarse.</para>
/// <para>Left out: sending, the first measurement of a series, the SDK's collection (by which it can do nothing while it records).</para>
/// </remarks>
internal static class RecordRatios
{
    private const int LongRun = 4096;
    private const int LaneBytes = 1 << 18;
    private const int MaxThreads = 2;

    public static void Run(ReadOnlySpan<string> args)
    {
        var (rounds, batches) = args switch
        {
            [] => (25, 3000),
            ["--dry"] => (1, 10),
            _ => throw new ArgumentException($"'{string.Join(' ', args!)}'? Usage: record [--dry]", nameof(args)),
        };
        using var sources = new Sources();
        PrintLongRuns("1 thread, 64 series, long runs", "SDK", sources.Rows(series: 64), rounds * 10);
        PrintBatches("1 thread, 64 series", sources.Rows(series: 64), threads: 1, rounds, batches);
        PrintBatches("2 threads, one series", sources.Rows(series: 1), MaxThreads, rounds, batches);
        using var exporters = new ExporterCounts();
        PrintLongRuns("aggregated for several exporters, 1 thread, 64 series, long runs", "one", exporters.Rows(series: 64), rounds * 10);
    }

    private static void PrintLongRuns(string title, string first, BatchRow[] rows, int rounds)
    {
        Turns(rows, rounds, (row, keeps) =>
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < LongRun; i += BatchSubject.BatchSize)
            {
                row.Subject.RunBatch(i);
            }

            var ticks = Stopwatch.GetTimestamp() - started;
            row.Subject.Drain();
            if (keeps)
            {
                row.Add([ticks], refused: 0);
            }
        });
        Console.WriteLine($"\n### {title}\n\n| | ns, median | least | ÷ {first} |\n| --- | --: | --: | --: |");
        var unit = BatchRow.At(rows[0].Sorted(LongRun), 0.5);
        foreach (var row in rows)
        {
            var costs = row.Sorted(LongRun);
            Console.WriteLine(Text($"| {row.Name} | {BatchRow.At(costs, 0.5):F1} | {costs[0]:F1} | {BatchRow.At(costs, 0.5) / unit:F3} |"));
        }
    }

    private static void PrintBatches(string title, BatchRow[] rows, int threads, int rounds, int batches)
    {
        Console.WriteLine(Text($"\n### {title}, drained meanwhile; between processors {CoreDistance.Measure():F0} ns before"));
        using (var crew = new BatchCrew(threads))
        {
            Turns(rows, rounds, (row, keeps) => crew.Run(row, batches, keeps));
        }

        BatchRow[] singles = [.. rows.Select(row => new BatchRow(row.Name, row.Subject))];
        using (var crew = new BatchCrew(threads, areSingle: true))
        {
            Turns(singles, rounds, (row, keeps) => crew.Run(row, batches, keeps));
        }

        Console.WriteLine("\n| | ns, median of batches | ÷ SDK | p99 | ÷ SDK | median of single ones | p99 | p99.9 |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: |");
        var sdk = rows[0].Sorted();
        foreach (var (row, single) in rows.Zip(singles))
        {
            var (costs, alone) = (row.Sorted(), single.Sorted(times: 1));
            var (median, p99) = (BatchRow.At(costs, 0.5), BatchRow.At(costs, 0.99));
            Console.WriteLine(Text(
                $"| {row.Name} | {median:F1} | {median / BatchRow.At(sdk, 0.5):F3} | {p99:F1} | {p99 / BatchRow.At(sdk, 0.99):F3} | {BatchRow.At(alone, 0.5):F0} | {BatchRow.At(alone, 0.99):F0} | {BatchRow.At(alone, 0.999):F0} |"));
        }

        Console.WriteLine(Text($"\nbetween processors {CoreDistance.Measure():F0} ns after"));
    }

    /// <summary>Each has each place in the order, and so each neighbour's leftovers in the processor's caches.</summary>
    private static void Turns(BatchRow[] rows, int rounds, Action<BatchRow, bool> run)
    {
        var warmUpRounds = Math.Max(1, rounds / 3);
        for (var round = -warmUpRounds; round < rounds; round++)
        {
            if (rounds > 1 && round < 0 && round % 5 == 0)
            {
                // The runtime compiles anew, and better, in the background and only after a while without new methods.
                Thread.Sleep(200);
            }

            for (var turn = 0; turn < rows.Length; turn++)
            {
                run(rows[(turn + round + warmUpRounds) % rows.Length], round >= 0);
            }
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>One instrument for the SDK, one for a stream.</summary>
    private sealed class Sources : IDisposable
    {
        private readonly Meter aggregated = new("benchmark.record.aggregated");
        private readonly Meter streamed = new("benchmark.record.streamed");
        private readonly MeterProvider provider;
        private readonly StreamRecorder recorder;

        public Sources()
        {
            provider = Sdk.CreateMeterProviderBuilder()
                .AddMeter(aggregated.Name)
                .AddReader(new BaseExportingMetricReader(new NothingExporter()) { TemporalityPreference = MetricReaderTemporalityPreference.Delta })
                .Build();
            var rule = new StreamRule(new NamePattern(streamed.Name), new NamePattern("*"), EntryPriority.Normal, SampleOneIn: 1, CardinalityLimit: 2000);

            // The threads of each table, and the main one.
            const int Lanes = 8;
            recorder = new StreamRecorder([rule], new LaneBuffer(Lanes * LaneBytes, Lanes, sharedLanes: 0, maxEntryBytes: 12))
            {
                Provider = () => provider,
                DropsFromSdk = true,
            };
            recorder.Start();
        }

        public BatchRow[] Rows(int series)
        {
            var tags = ThreeTags.Make(series);
            var histogram = streamed.CreateHistogram<double>("http.server.request.duration");
            StatsdSeries<double>[] bound = [.. tags.Select(three => provider.BindStatsdSeries(histogram, three.Region, three.Service, three.Endpoint))];
            return
            [
                new("SDK histogram", new HistogramSubject(aggregated.CreateHistogram<double>(histogram.Name), tags, () => { })),
                new("stream", new HistogramSubject(histogram, tags, Drain)),
                new("stream, series bound before", new BoundSubject(bound, Drain)),
                new("stream, equal strings that are always others", new HistogramSubject(
                    streamed.CreateHistogram<double>("http.client.request.duration"), ThreeTags.CopyMany(tags), Drain)),
            ];
        }

        public void Dispose()
        {
            provider.Dispose();
            recorder.Dispose();
            aggregated.Dispose();
            streamed.Dispose();
        }

        private void Drain()
        {
            var reader = new RecordReader(recorder);
            recorder.Lanes.Drain(ref reader);
        }
    }
}
