using System.Diagnostics;
using TestSupport;

namespace FaultApp;

/// <summary>
/// Several exporters that export for a long time while their receivers are restarted at random. Prints every ten seconds what the process
/// holds, and at the end whether that stayed the same, whether exports allocate, and whether what was recorded was received or counted.
/// </summary>
internal static class Soak
{
    private const long Megabyte = 1 << 20;

    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(10);

    public static int Run(TimeSpan duration)
    {
        SoakLane[] lanes =
        [
            new("udp", keepsCollecting: false, options => new UdpReceiver(options: options)),
            new("unix", keepsCollecting: false, options => new UnixDatagramReceiver(options)),
            new("unixstream", keepsCollecting: false, options => new UnixStreamReceiver(options)),
            new("tcp", keepsCollecting: false, options => new TcpReceiver(options: options)),
            new("udp, always collecting", keepsCollecting: true, options => new UdpReceiver(options: options)),
            new("tcp, always collecting", keepsCollecting: true, options => new TcpReceiver(options: options)),
        ];
        try
        {
            return Run(lanes, duration) ? 0 : 1;
        }
        finally
        {
            foreach (var lane in lanes)
            {
                lane.Dispose();
            }
        }
    }

    private static bool Run(SoakLane[] lanes, TimeSpan duration)
    {
        using var end = new CancellationTokenSource();
        var disturbers = lanes.Select(lane => new Thread(() => Disturb(lane, end.Token)) { IsBackground = true }).ToArray();
        foreach (var disturber in disturbers)
        {
            disturber.Start();
        }

        var samples = new List<Sample>();
        Console.WriteLine("    time    RSS MB  committed MB   heap MB  handles  threads  steady exports  bytes/export  other exports  bytes/export  restarts");
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration;)
        {
            Thread.Sleep(duration < 6 * SampleInterval ? duration / 6 : SampleInterval);
            samples.Add(Sample.Take());
            Print(clock.Elapsed, samples[^1], lanes);
        }

        end.Cancel();
        foreach (var disturber in disturbers)
        {
            disturber.Join();
        }

        var isGood = true;
        foreach (var lane in lanes)
        {
            isGood &= Judge(lane);
        }

        return IsFlat(samples) & isGood;
    }

    private static void Disturb(SoakLane lane, CancellationToken end)
    {
        while (!end.WaitHandle.WaitOne(Random.Shared.Next(2_000, 8_000)))
        {
            lane.Restart(TimeSpan.FromMilliseconds(Random.Shared.Next(3_000)));
        }
    }

    private static void Print(TimeSpan time, Sample sample, SoakLane[] lanes)
    {
        var steady = (Exports: lanes.Sum(lane => lane.Steady.Exports), Bytes: lanes.Sum(lane => lane.Steady.Bytes));
        var other = (Exports: lanes.Sum(lane => lane.Other.Exports), Bytes: lanes.Sum(lane => lane.Other.Bytes));
        Console.WriteLine(
            $"{time,8:h\\:mm\\:ss}  {(double)sample.Resident / Megabyte,8:F1}  {(double)sample.Committed / Megabyte,12:F1}  {(double)sample.Heap / Megabyte,8:F2}  {sample.Handles,7}  {sample.Threads,7}"
            + $"  {steady.Exports,14}  {(double)steady.Bytes / Math.Max(1, steady.Exports),12:F2}"
            + $"  {other.Exports,13}  {(double)other.Bytes / Math.Max(1, other.Exports),12:F0}  {lanes.Sum(lane => lane.Restarts),8}");
    }

    private static bool Judge(SoakLane lane)
    {
        var isDelivered = lane.TryFinish();
        var isGood = isDelivered && lane.Unreadable == 0 && lane.Recorded == lane.Received + lane.Lost && lane.Steady is { Exports: > 0, Bytes: 0 };
        Console.WriteLine(
            $"{(isGood ? "good" : "BAD ")}  {lane.Name}: recorded {lane.Recorded} = received {lane.Received} + lost {lane.Lost}, "
            + $"{lane.Unreadable} lines unreadable, {lane.Steady.Bytes} bytes allocated by {lane.Steady.Exports} steady exports, "
            + $"{lane.Restarts} restarts{(isDelivered ? string.Empty : ", not all delivered")}");
        return isGood;
    }

    /// <summary>Compares the peaks of the second third with those of the last; in the first everything warms up.</summary>
    private static bool IsFlat(List<Sample> samples)
    {
        var third = samples.Count / 3;
        var before = samples[third..^third];
        var after = samples[^third..];
        return Compare("RSS", sample => sample.Resident, 8 * Megabyte)
            & Compare("heap", sample => sample.Heap, Megabyte / 2)
            & Compare("handles", sample => sample.Handles, 12)
            & Compare("threads", sample => sample.Threads, 8);

        bool Compare(string what, Func<Sample, long> size, long tolerance)
        {
            var growth = after.Max(size) - before.Max(size);
            Console.WriteLine($"{(growth <= tolerance ? "good" : "BAD ")}  {what}: peak {before.Max(size)}, then {after.Max(size)}");
            return growth <= tolerance;
        }
    }

    private readonly record struct Sample(long Resident, long Committed, long Heap, long Handles, long Threads)
    {
        public static Sample Take()
        {
            var heap = GC.GetTotalMemory(forceFullCollection: true);
            using var process = Process.GetCurrentProcess();
            return new Sample(
                process.WorkingSet64, GC.GetGCMemoryInfo().TotalCommittedBytes, heap, Directory.GetFileSystemEntries("/proc/self/fd").Length, process.Threads.Count);
        }
    }
}
