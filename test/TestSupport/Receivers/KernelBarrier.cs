using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TestSupport;

/// <summary>Waits for what the kernel is in the middle of on other processors.</summary>
internal static class KernelBarrier
{
    private const int Query = 0;
    private const int Global = 1;

    /// <summary>The answer is a mask of commands, or -1.</summary>
    private static readonly bool IsSupported =
        OperatingSystem.IsLinux() && SystemCall(Number, Query, 0, 0) is var commands and > 0 && (commands & Global) != 0;

    /// <summary>
    /// Waits until every datagram for which the kernel has looked up a socket before this call is in that socket's queue. Where
    /// there is no such thing it does nothing.
    /// </summary>
    /// <remarks>
    /// From the look-up to the queue a datagram is in one RCU read-side critical section. <c>membarrier(MEMBARRIER_CMD_GLOBAL)</c> returns when
    /// all that had begun have ended. Other systems than Linux do not have it, nor do kernels with <c>nohz_full</c>, and sandboxes
    /// may refuse it. There a datagram that is sent in the moment in which its receiver stops may be lost although the kernel has accepted it.
    /// </remarks>
    public static void WaitForDeliveries()
    {
        if (IsSupported && SystemCall(Number, Global, 0, 0) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Gets the number of membarrier(2), which the C library does not wrap.</summary>
    private static nint Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 324,
        Architecture.Arm64 => 283,
        var other => throw new PlatformNotSupportedException($"{other}"),
    };

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SystemCall(nint number, nint command, nint flags, nint processor);
}
