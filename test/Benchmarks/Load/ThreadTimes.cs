using System.Globalization;

namespace Benchmarks.Load;

/// <summary>The processor time of threads and how often they waited, from the kernel's tables (Linux; elsewhere none).</summary>
internal static class ThreadTimes
{
    /// <summary>Of the calling thread. Behind by some milliseconds at most.</summary>
    public static TimeSpan OfThis() => OperatingSystem.IsLinux() ? Read("/proc/thread-self/schedstat") : TimeSpan.Zero;

    /// <summary>How often the calling thread has waited for anything, rather than being interrupted.</summary>
    public static long WaitsOfThis()
    {
        const string Name = "voluntary_ctxt_switches:";
        return OperatingSystem.IsLinux()
            ? long.Parse(File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..], CultureInfo.InvariantCulture)
            : 0;
    }

    /// <summary>Of the threads that send streams.</summary>
    public static TimeSpan OfPumps()
    {
        var total = TimeSpan.Zero;
        if (OperatingSystem.IsLinux())
        {
            foreach (var task in Directory.GetDirectories("/proc/self/task"))
            {
                try
                {
                    // The kernel keeps the first fifteen characters of a name.
                    total += File.ReadAllText($"{task}/comm").StartsWith("StatsD stream", StringComparison.Ordinal) ? Read($"{task}/schedstat") : TimeSpan.Zero;
                }
                catch (IOException)
                {
                    // The thread has ended meanwhile.
                }
            }
        }

        return total;
    }

    private static TimeSpan Read(string path) =>
        TimeSpan.FromTicks(long.Parse(File.ReadAllText(path).Split(' ')[0], CultureInfo.InvariantCulture) / 100);
}
