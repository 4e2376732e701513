using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;

namespace Benchmarks.Load;

/// <summary>Two threads that record as fast as they can, to instruments of each priority in turn: what is refused, and how long a call takes at most.</summary>
/// <remarks>
/// Each call is timed, timing included. Threads are interrupted now and then, which the longest calls show more than anything else, so the same loop to instruments that nobody
/// listens to comes before; and the kernel says how often they waited for something, after the first measurements, which make the series.
/// </remarks>
internal static class Overload
{
    private const int Threads = 2;
    private const int WarmUp = 1000;

    public static void Run(double scale)
    {
        Console.WriteLine($"\n### As fast as {Threads} threads can, {5 * scale} s, {Report.Load()}\n");
        Console.WriteLine("| | a second | recorded = received + refused + dropped | low refused | normal | high | call ns, p50 | p99 | p99.9 | p99.99 | max | waits |");
        Console.WriteLine("| --- | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
        using (var nobody = new Meter("nobody"))
        {
            Print("nobody listens", Record(nobody, 5 * scale), null, null);
        }

        foreach (var route in (Route[])[Route.Udp, Route.UdpWithoutOffload, Route.UnixDatagram, Route.UnixStream, Route.Tcp])
        {
            using var sink = route.StartSink();
            using var application = route.Start(sink, options => Prioritise(options));
            var run = Record(application.Meter, 5 * scale);
            application.Dispose();
            var balance = Balance.Of(run.Count, sink.WaitFor(application.Statistics.MeasurementsExported).Values, application.Statistics);
            Print(route.Name, run, balance, application.Statistics);
            Checks.Expect(balance.Lost == 0, $"{route.Name}: {balance.Lost} measurements are neither received nor counted");
        }
    }

    private static void Prioritise(StatsdExporterOptions options)
    {
        foreach (var priority in Enum.GetValues<StreamPriority>())
        {
            options.Stream("*", $"load.{priority}", stream => stream.Priority = priority);
        }
    }

    private static void Print(string name, Calls calls, Balance? balance, StatsdExporterStatistics? statistics)
    {
        string Refused(string priority) => statistics is null ? string.Empty : $"{statistics.MeasurementsRefusedByPriority.GetValueOrDefault(priority) * 3.0 / calls.Count:P1}";
        Report.WriteLine(
            $"| {name} | {calls.Count / calls.Seconds:N0} | {balance} | {Refused("low")} | {Refused("normal")} | {Refused("high")} | {calls.At(0.5):N0} | {calls.At(0.99):N0} | {calls.At(0.999):N0} | {calls.At(0.9999):N0} | {calls.Max:N0} | {calls.Waits} |");
    }

    private static Calls Record(Meter meter, double seconds)
    {
        Histogram<double>[] histograms = [.. Enum.GetNames<StreamPriority>().Select(name => meter.CreateHistogram<double>($"load.{name}"))];
        var all = new Calls { Seconds = seconds };
        var threads = Enumerable.Range(0, Threads)
            .Select(_ => new Thread(() =>
            {
                var calls = RecordOnOne(histograms, seconds);
                lock (all)
                {
                    all.Add(calls);
                }
            }))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return all;
    }

    private static Calls RecordOnOne(Histogram<double>[] histograms, double seconds)
    {
        Measurements[] measurements = [.. histograms.Select(histogram => new Measurements(histogram))];
        var calls = new Calls();
        for (; calls.Count < histograms.Length * WarmUp; calls.Count++)
        {
            measurements[calls.Count % histograms.Length].Record(calls.Count);
        }

        var waits = ThreadTimes.WaitsOfThis();
        var now = Stopwatch.GetTimestamp();
        var end = now + (long)(seconds * Stopwatch.Frequency);
        while (now < end)
        {
            foreach (var each in measurements)
            {
                each.Record(calls.Count);
                var then = now;
                now = Stopwatch.GetTimestamp();
                calls.Count++;
                calls.Add(now - then);
            }
        }

        calls.Waits = ThreadTimes.WaitsOfThis() - waits;
        return calls;
    }

    /// <summary>How long calls took: exactly up to some microseconds, by powers of two beyond.</summary>
    private sealed class Calls
    {
        private const int Exact = 4096;
        private readonly long[] counts = new long[Exact + 64];

        public long Count { get; set; }

        public double Seconds { get; init; }

        public long Waits { get; set; }

        public double Max { get; private set; }

        public void Add(long ticks)
        {
            var nanoseconds = ticks * 1_000_000_000 / Stopwatch.Frequency;
            Max = Math.Max(Max, nanoseconds);
            counts[nanoseconds < Exact ? nanoseconds : Exact + long.Log2(nanoseconds)]++;
        }

        public void Add(Calls other)
        {
            Count += other.Count;
            Waits += other.Waits;
            Max = Math.Max(Max, other.Max);
            for (var i = 0; i < counts.Length; i++)
            {
                counts[i] += other.counts[i];
            }
        }

        public double At(double quantile)
        {
            var left = (long)(counts.Sum() * quantile);
            for (var i = 0; i < counts.Length; i++)
            {
                left -= counts[i];
                if (left < 0)
                {
                    return i < Exact ? i : 1L << (i - Exact);
                }
            }

            return Max;
        }
    }
}
