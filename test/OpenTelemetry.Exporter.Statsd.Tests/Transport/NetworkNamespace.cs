using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>A network with nothing in it but loopback, and a thread that lives in it: sockets that it opens are there.</summary>
/// <remarks>Needs Linux, root and iproute2; a test without them is skipped. One thread at a time may call it.</remarks>
internal sealed class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x4000_0000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<Action> actions = [];
    private readonly Thread thread;

    public NetworkNamespace()
    {
        thread = new Thread(() =>
        {
            foreach (var action in actions.GetConsumingEnumerable())
            {
                action();
            }
        })
        { IsBackground = true, Name = "Network" };
        thread.Start();
        try
        {
            Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root makes networks, and only on Linux.");
            Do(() => Assert.SkipUnless(Unshare(CloneNewNet) == 0, "The system allows no network of its own."));
            Ip("link set lo up");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Connects this one, as 10.9.0.1, with another, as 10.9.0.2.</summary>
    public void Link(NetworkNamespace other)
    {
        var id = 0;
        other.Do(() => id = GetThreadId());
        Ip($"link add here type veth peer name there netns {id}");
        Ip("address add 10.9.0.1/24 dev here");
        Ip("link set here up");
        other.Ip("address add 10.9.0.2/24 dev there");
        other.Ip("link set there up");
    }

    /// <summary>Runs something on the thread that lives here, and waits for it.</summary>
    public void Do(Action action)
    {
        var done = new TaskCompletionSource();
        actions.Add(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
#pragma warning disable CA1031 // Thrown again where it is waited for.
            catch (Exception caught)
#pragma warning restore CA1031
            {
                done.SetException(caught);
            }
        });
        Assert.True(((IAsyncResult)done.Task).AsyncWaitHandle.WaitOne(Patience), "What is done in the network does not end.");
        done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Runs <c>ip</c>, the command, here.</summary>
    public void Ip(string arguments) => Do(() =>
    {
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true });
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no ip command.");
        }

        using (process)
        {
            var error = process!.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Patience / 2))
            {
                process.Kill();
                Assert.Fail($"ip {arguments} does not end.");
            }

            Assert.True(process.ExitCode == 0, $"ip {arguments}: {error.Result}");
        }
    });

    public void Dispose()
    {
        actions.CompleteAdding();
        Assert.True(thread.Join(Patience), "The thread in the network does not end.");
        actions.Dispose();
    }

    [DllImport("libc", EntryPoint = "unshare")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetThreadId();
}
