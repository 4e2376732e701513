using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>What a piece of code does beside its work.</summary>
internal static class Observed
{
    /// <summary>
    /// The exceptions that are thrown on this thread, caught or not, but for the one by which the runtime says that a connection is under way.
    /// </summary>
    public static List<Exception> Exceptions(Action action)
    {
        var thread = Environment.CurrentManagedThreadId;
        var thrown = new List<Exception>();
        void Note(object? sender, FirstChanceExceptionEventArgs args)
        {
            if (Environment.CurrentManagedThreadId == thread && args.Exception is not SocketException { SocketErrorCode: SocketError.WouldBlock })
            {
                thrown.Add(args.Exception);
            }
        }

        AppDomain.CurrentDomain.FirstChanceException += Note;
        try
        {
            action();
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Note;
        }

        return thrown;
    }

    /// <summary>The bytes that are allocated on this thread by a thousand times the same, when the runtime has nothing else to do there.</summary>
    public static long Allocations(Action action) => Allocated.AtLeastBy(() =>
    {
        for (var i = 0; i < 1_000; i++)
        {
            action();
        }
    });

    /// <summary>How many handles the process has open that are no files: the runtime opens those as it loads assemblies.</summary>
    public static int Handles() => new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos()
        .Count(handle => handle.LinkTarget is { } target && !Path.IsPathRooted(target));

    public static int Threads()
    {
        using var process = Process.GetCurrentProcess();
        return process.Threads.Count;
    }

    public static long Memory() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>Waits until <see cref="Memory"/> is no more than that, for now and then the runtime gives some back late.</summary>
    public static void UntilMemoryIsAtMost(long most)
    {
        var taken = 0L;
        SpinWait.SpinUntil(() => (taken = Memory()) <= most, TimeSpan.FromSeconds(60));
        Assert.InRange(taken, 0, most);
    }

    /// <summary>Waits for what another thread, or the kernel, is about to do.</summary>
    public static void Until(Func<bool> condition) =>
        Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(60)), "What was waited for did not come about.");
}
