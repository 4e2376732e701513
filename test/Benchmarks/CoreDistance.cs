using System.Diagnostics;

namespace Benchmarks;

/// <summary>How long a cache line takes from one processor to another, which decides what threads pay that write to the same one.</summary>
/// <remarks>On a virtual machine it changes by the minute, as the host moves its processors: so it stands beside every figure.</remarks>
internal static class CoreDistance
{
    private const int Trips = 2_000;
    private const int Turn = 16;

    /// <summary>Two threads that answer each other as fast as they can: nanoseconds one way, the least of some tries.</summary>
    public static double Measure() => Enumerable.Range(0, 9).Select(_ => MeasureOnce()).Min();

    private static double MeasureOnce()
    {
        // The word in the middle has its cache line to itself.
        var turn = new int[3 * Turn];
        var answering = new Thread(() =>
        {
            for (var trip = 0; trip < Trips; trip++)
            {
                Await(turn, (2 * trip) + 1);
                Volatile.Write(ref turn[Turn], (2 * trip) + 2);
            }
        });
        answering.Start();
        var started = Stopwatch.GetTimestamp();
        for (var trip = 0; trip < Trips; trip++)
        {
            Volatile.Write(ref turn[Turn], (2 * trip) + 1);
            Await(turn, (2 * trip) + 2);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        answering.Join();
        return elapsed.TotalNanoseconds / Trips / 2;
    }

    private static void Await(int[] turn, int value)
    {
        for (var spins = 1; Volatile.Read(ref turn[Turn]) != value; spins++)
        {
            if (spins % 10_000 == 0)
            {
                // The other one may not even be running.
                Thread.Yield();
            }
        }
    }
}
