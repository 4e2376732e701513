using System.Globalization;

namespace Benchmarks.Load;

/// <summary>The processor time of threads, from the kernel's tables (Linux; elsewhere none).</summary>
internal static class ThreadTimes
{
    /// <summary>Of the calling thread. Behind by some milliseconds at most.</summary>
    public static TimeSpan OfThis() => OperatingSystem.IsLinux() ? Read("/proc/thread-self/schedstat") : TimeSpan.Zero;

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
