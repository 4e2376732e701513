using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Exporter.Statsd.Transport;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Benchmarks;

/// <summary>Measurements at a rate from two threads to a receiver: whether all arrive, how old they are then, and what the process spends on them; and what a stream costs that nobody records to.</summary>
/// <remarks>The processor time is that of the whole process, the receiver and the recording threads included; of the pump alone where threads can be told apart (Linux).</remarks>
internal static class StreamRates
{
    private const int Threads = 2;
    private const int Series = 64;
    private static int count;

    public static void Run(ReadOnlySpan<string> args)
    {
        var isDry = args is ["--dry"];
        var seconds = isDry ? 1 : 10;
        Idle(isDry ? 1 : 20);
        Console.WriteLine($"\n### A stream at a rate: {seconds} s, {Threads} threads, {Series} series, three tags, {Report.Load()}\n");
        Console.WriteLine("| | per second | recorded | arrived | refused | dropped | age ms, p50 | p99 | max | pump, cores | process, cores |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
        foreach (var kind in (EndpointKind[])[EndpointKind.Udp, EndpointKind.UnixDatagram, EndpointKind.UnixStream, EndpointKind.Tcp])
        {
            foreach (var rate in isDry ? (int[])[10_000] : [100_000, 1_000_000, 5_000_000])
            {
                AtRate(kind, rate, seconds);
            }
        }
    }

    private static void Idle(int seconds)
    {
        Console.WriteLine($"\n### A stream that nobody records to: {seconds} s, {Report.Load()}\n");
        using var receiver = new AgeingReceiver(EndpointKind.Udp);
        using var meter = new Meter($"idle-{++count}");
        using var provider = Provider(meter.Name, receiver.Endpoint);
        meter.CreateHistogram<double>("took").Record(AgeingReceiver.Now());
        provider.ForceFlush();
        Thread.Sleep(2000);
        var before = (Process: ProcessTime(), Pump: PumpTime());
        Thread.Sleep(seconds * 1000);
        Report.WriteLine($"pump {Share(PumpTime() - before.Pump, seconds):P3} of a core, process {Share(ProcessTime() - before.Process, seconds):P3}");
    }

    private static void AtRate(EndpointKind kind, int rate, int seconds)
    {
        using var receiver = new AgeingReceiver(kind);
        using var meter = new Meter($"rate-{++count}");
        var provider = Provider(meter.Name, receiver.Endpoint);
        var histogram = meter.CreateHistogram<double>("took", "us");
        Record(histogram, rate, TimeSpan.FromSeconds(0.5));
        provider.ForceFlush();
        receiver.ClearAges();
        var before = (Process: ProcessTime(), Pump: PumpTime(), receiver.Values);
        var recorded = Record(histogram, rate, TimeSpan.FromSeconds(seconds));
        var after = (Process: ProcessTime(), Pump: PumpTime());
        provider.ForceFlush();
        SpinWait.SpinUntil(() => receiver.Values - before.Values >= recorded, TimeSpan.FromSeconds(0.5));
        var arrived = receiver.Values - before.Values;
        var ages = receiver.Ages;
        provider.Dispose();
        var statistics = provider.GetStatsdExporterStatistics()!;
        Report.WriteLine(
            $"| {kind} | {rate:N0} | {recorded} | {arrived} | {statistics.MeasurementsRefused} | {statistics.MeasurementsDropped} | {Report.Quantile(ages, 0.5):F1} | {Report.Quantile(ages, 0.99):F1} | {ages.Max():F1} | {Share(after.Pump - before.Pump, seconds):F3} | {Share(after.Process - before.Process, seconds):F2} |");
    }

    private static MeterProvider Provider(string meter, string endpoint) => Sdk.CreateMeterProviderBuilder()
        .SetResourceBuilder(ResourceBuilder.CreateEmpty())
        .AddMeter(meter)
        .AddStatsdExporter(options =>
        {
            options.Endpoint = endpoint;
            options.DropStreamedFromSdk = true;
            options.MaxStreamPacketsPerSecond = 100_000;
            options.Stream(meter);
        })
        .Build();

    /// <returns>How many were recorded, by all threads.</returns>
    private static long Record(Histogram<double> histogram, int rate, TimeSpan time)
    {
        var recorded = 0L;
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() => Interlocked.Add(ref recorded, RecordOnOne(histogram, rate / Threads, time)))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return recorded;
    }

    private static long RecordOnOne(Histogram<double> histogram, int rate, TimeSpan time)
    {
        var routes = Enumerable.Range(0, Series).Select(i => $"/route/{i}").ToArray();
        var started = Stopwatch.GetTimestamp();
        var recorded = 0L;
        for (var elapsed = TimeSpan.Zero; elapsed < time; elapsed = Stopwatch.GetElapsedTime(started))
        {
            // What is due by now; after having been held up, not more than ten milliseconds' worth at once.
            var due = Math.Min((long)(elapsed.TotalSeconds * rate), recorded + (rate / 100));
            var now = (double)AgeingReceiver.Now();
            for (; recorded < due; recorded++)
            {
                histogram.Record(now, new("method", "GET"), new("route", routes[recorded % Series]), new("status", "200"));
            }

            Thread.Sleep(1);
        }

        return recorded;
    }

    private static double Share(TimeSpan time, int seconds) => time.TotalSeconds / seconds;

    private static TimeSpan ProcessTime() => Environment.CpuUsage.TotalTime;

    private static TimeSpan PumpTime()
    {
        if (!OperatingSystem.IsLinux())
        {
            return TimeSpan.Zero;
        }

        // The kernel keeps the first fifteen characters of a thread's name.
        var nanoseconds = 0L;
        foreach (var task in Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                if (File.ReadAllText($"{task}/comm").StartsWith("StatsD stream", StringComparison.Ordinal))
                {
                    nanoseconds += long.Parse(File.ReadAllText($"{task}/schedstat").Split(' ')[0], null);
                }
            }
            catch (IOException)
            {
                // The thread has ended meanwhile.
            }
        }

        return TimeSpan.FromTicks(nanoseconds / 100);
    }
}
