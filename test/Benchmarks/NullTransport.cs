using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>Takes every packet and sends none.</summary>
internal sealed class NullTransport : ITransport
{
    public bool IsLossy => false;

    public int MaxPacketsPerSend => 1;

    public SocketError Probe(TimeSpan timeout) => SocketError.Success;

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        taken = packets.Length;
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
