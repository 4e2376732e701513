using System.Globalization;

namespace Benchmarks.Prometheus;

/// <summary>What a process has allocated and what it holds.</summary>
/// <param name="AllocatedBytes">All that has ever been allocated on the managed heap.</param>
/// <param name="HeapBytes">What is on it now, garbage included.</param>
/// <param name="ResidentBytes">Physical memory of the process; 0 where it cannot be read (but on Linux).</param>
/// <param name="PeakResidentBytes">The most there was of it since <see cref="Settle"/>.</param>
internal sealed record ServerMemory(long AllocatedBytes, long HeapBytes, long ResidentBytes, long PeakResidentBytes)
{
    public static ServerMemory Read()
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        return new ServerMemory(allocated, GC.GetTotalMemory(forceFullCollection: false), Status("VmRSS:"), Status("VmHWM:"));
    }

    /// <summary>Collects all garbage, gives its memory back to the system and begins a new peak.</summary>
    public static ServerMemory Settle()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        if (OperatingSystem.IsLinux())
        {
            // proc(5): resets the peak of the resident set.
            File.WriteAllText("/proc/self/clear_refs", "5");
        }

        return Read();
    }

    /// <summary>A line such as <c>VmRSS:	  12345 kB</c>.</summary>
    private static long Status(string name) => OperatingSystem.IsLinux()
        ? 1024 * long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^"kB".Length],
            CultureInfo.InvariantCulture)
        : 0;
}
