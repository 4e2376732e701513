using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace OpenTelemetry.Exporter.Statsd.Transport;

/// <summary>Lines on the standard output of the process.</summary>
/// <remarks>
/// One owner at a time: the thread that exports. The output is shared, so a call writes whole lines, as many as a pipe takes in
/// one piece, and nobody else's output comes into the middle of one; only of a line that is longer than that are parts written.
/// Whether a reader keeps up is asked before each write, since the output itself may block: it does here for as long as for
/// everybody else if another writer fills a pipe between question and write, and on Windows, where nobody can ask. Nothing
/// takes back what was written: a line that was given up in its middle is ended with the next.
/// </remarks>
internal sealed class StandardOutputTransport(SafeFileHandle output) : ITransport
{
    /// <summary>What a pipe with any room takes whole, and without another's output in between (PIPE_BUF).</summary>
    private static readonly int MaxWriteBytes = OperatingSystem.IsMacOS() ? 512 : 4096;

    private bool isWithinLine;
    private bool isLineGivenUp;

    public StandardOutputTransport()
        : this(RawOutput.Open())
    {
    }

    public bool IsLossy => false;

    public int MaxPacketsPerSend => 64;

    public SocketError Probe(TimeSpan timeout)
    {
        var error = RawOutput.Wait(output, TimeSpan.Zero);
        return error == SocketError.WouldBlock ? SocketError.Success : error;
    }

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        taken = 0;
        if (isLineGivenUp)
        {
            var error = Write("\n"u8, out var ended);
            isLineGivenUp = ended == 0;
            if (isLineGivenUp)
            {
                return error;
            }
        }

        var bytes = packets.Span[..Math.Min(packets.Length, MaxWriteBytes)];
        var lastEnd = bytes.LastIndexOf((byte)'\n');
        bytes = lastEnd < 0 ? bytes : bytes[..(lastEnd + 1)];
        var result = Write(bytes, out taken);
        if (taken > 0)
        {
            isWithinLine = bytes[taken - 1] != '\n';
        }

        if (result is not (SocketError.Success or SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable))
        {
            // The line will be sent again from its beginning.
            Disconnect();
        }

        return result;
    }

    public void WaitUntilWritable(TimeSpan timeout) => RawOutput.Wait(output, timeout);

    public SocketError TakeReport() => SocketError.Success;

    public void Disconnect()
    {
        isLineGivenUp |= isWithinLine;
        isWithinLine = false;
    }

    public void Dispose() => output.Dispose();

    private SocketError Write(ReadOnlySpan<byte> bytes, out int written)
    {
        written = 0;
        var error = RawOutput.Wait(output, TimeSpan.Zero);
        return error == SocketError.Success ? RawOutput.Write(output, bytes, out written) : error;
    }
}
