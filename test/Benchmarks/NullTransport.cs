using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>Takes every packet, counts it and sends none.</summary>
/// <param name="maxPacketsPerSend">How many packets a call takes.</param>
internal sealed class NullTransport(int maxPacketsPerSend = 1) : ITransport
{
    public bool IsLossy => false;

    public int MaxPacketsPerSend => maxPacketsPerSend;

    /// <summary>How many packets it was given.</summary>
    public long Packets { get; private set; }

    /// <summary>How long they were together.</summary>
    public long Bytes { get; private set; }

    public SocketError Probe(TimeSpan timeout) => SocketError.Success;

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        taken = packets.Length;
        Packets += (packets.Length + packetBytes - 1) / packetBytes;
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
