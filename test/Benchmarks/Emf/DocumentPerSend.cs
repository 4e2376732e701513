using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks.Emf;

/// <summary>Has one call for each document on a bare socket, as clients do that send as they write.</summary>
internal sealed class DocumentPerSend(Endpoint endpoint) : ITransport
{
    private readonly Socket socket = BareSocket.Connect(endpoint);

    public bool IsLossy => false;

    public int MaxPacketsPerSend => 1;

    public SocketError Probe(TimeSpan timeout) => SocketError.Success;

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        for (var rest = packets.Span; !rest.IsEmpty;)
        {
            var length = rest.IndexOf((byte)'\n') + 1;
            BareSocket.Send(socket, rest[..length]);
            rest = rest[length..];
        }

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

    public void Dispose() => socket.Dispose();
}
