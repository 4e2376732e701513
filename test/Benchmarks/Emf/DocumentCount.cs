using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks.Emf;

/// <summary>Takes every packet, counts its documents and sends none.</summary>
internal sealed class DocumentCount : ITransport
{
    public bool IsLossy => false;

    public int MaxPacketsPerSend => 1;

    /// <summary>How many lines there were.</summary>
    public long Documents { get; private set; }

    /// <summary>How long they were together, line feeds included.</summary>
    public long Bytes { get; private set; }

    public SocketError Probe(TimeSpan timeout) => SocketError.Success;

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        taken = packets.Length;
        Documents += packets.Span.Count((byte)'\n');
        Bytes += packets.Length;
        return SocketError.Success;
    }

    public void WaitUntilWritable(TimeSpan timeout)
    {
    }

    public SocketError TakeReport() => SocketError.Success;

    public void Disconnect()
    {
    }

    public void Dispose()
    {
    }
}
