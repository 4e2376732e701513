using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>The standard output of the process, below all streams and writers, by error code.</summary>
/// <remarks>
/// Other parts of the process, and other processes, write to the same pipe, terminal or file: nothing about it is changed here, such
/// as whether writes block. Any thread.
/// </remarks>
internal static partial class RawOutput
{
    private const int UnixStandardOutput = 1;
    private const int WindowsStandardOutput = -11;

    // What poll(2) asks and answers.
    private const short Writable = 4;
    private const short Failed = 8;
    private const short HungUp = 16;
    private const short NotOpen = 32;

    // What errno says.
    private const int Interrupted = 4;
    private const int BadDescriptor = 9;
    private const int NoSpace = 28;
    private static readonly int TryAgain = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>A handle that never closes the output.</summary>
    public static SafeFileHandle Open() =>
        new(OperatingSystem.IsWindows() ? GetStdHandle(WindowsStandardOutput) : UnixStandardOutput, ownsHandle: false);

    /// <summary>Waits until there is room for a short write.</summary>
    /// <returns>
    /// <see cref="SocketError.WouldBlock"/> if there is none in time. Windows has no such question, and there is always room there.
    /// </returns>
    public static SocketError Wait(SafeFileHandle output, TimeSpan timeout)
    {
        if (OperatingSystem.IsWindows())
        {
            return output.IsInvalid ? SocketError.NotConnected : SocketError.Success;
        }

        var question = new PollDescriptor { Descriptor = (int)output.DangerousGetHandle(), Asked = Writable };
        if (Poll(ref question, 1, (int)Math.Clamp(Math.Ceiling(timeout.TotalMilliseconds), 0, int.MaxValue)) <= 0)
        {
            return SocketError.WouldBlock;
        }

        return (question.Answered & NotOpen) != 0 ? SocketError.NotConnected
            : (question.Answered & (Failed | HungUp)) != 0 ? SocketError.ConnectionReset
            : SocketError.Success;
    }

    /// <summary>Writes as much as one call of the operating system takes.</summary>
    /// <returns>An error as of <see cref="ITransport.Send"/>.</returns>
    public static SocketError Write(SafeFileHandle output, ReadOnlySpan<byte> bytes, out int written)
    {
        if (OperatingSystem.IsWindows())
        {
            return WriteFile(output, bytes, bytes.Length, out written, 0) ? SocketError.Success : SocketError.ConnectionReset;
        }

        var result = Write(output, bytes, (nuint)bytes.Length);
        written = Math.Max((int)result, 0);
        if (result >= 0)
        {
            return SocketError.Success;
        }

        var error = Marshal.GetLastPInvokeError();
        return error == TryAgain ? SocketError.WouldBlock : error switch
        {
            Interrupted => SocketError.Success,
            BadDescriptor => SocketError.NotConnected,

            // A full disk: there may be room later.
            NoSpace => SocketError.NoBufferSpaceAvailable,
            _ => SocketError.ConnectionReset,
        };
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollDescriptor descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle descriptor, ReadOnlySpan<byte> bytes, nuint count);

    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool WriteFile(SafeFileHandle file, ReadOnlySpan<byte> bytes, int count, out int written, nint overlapped);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Asked;
        public short Answered;
    }
}
