using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace Benchmarks;

/// <summary>Takes every packet and sends none.</summary>
internal sealed class NullTransport : ITransport
{
    public SocketError Send(ReadOnlySpan<byte> packet, out SocketError previous)
    {
        previous = SocketError.Success;
        return SocketError.Success;
    }

    public void WaitUntilWritable(TimeSpan timeout)
    {
    }

    public SocketError TakePendingError() => SocketError.Success;

    public void Dispose()
    {
    }
}
