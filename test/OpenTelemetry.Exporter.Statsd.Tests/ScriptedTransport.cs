using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Answers as it is told, for what no real socket can be brought to do on demand; then takes everything.</summary>
internal sealed class ScriptedTransport : ITransport
{
    private readonly Queue<(SocketError Result, SocketError Previous)> answers = new();

    public List<string> Taken { get; } = [];

    public List<TimeSpan> Waits { get; } = [];

    public Exception? Throws { get; set; }

    public SocketError Pending { get; set; }

    public ScriptedTransport Answer(SocketError result, SocketError previous = SocketError.Success)
    {
        answers.Enqueue((result, previous));
        return this;
    }

    public SocketError Send(ReadOnlySpan<byte> packet, out SocketError previous)
    {
        if (Throws is not null)
        {
            throw Throws;
        }

        (var result, previous) = answers.Count > 0 ? answers.Dequeue() : default;
        if (result == SocketError.Success)
        {
            Taken.Add(Encoding.UTF8.GetString(packet));
        }

        return result;
    }

    public void WaitUntilWritable(TimeSpan timeout) => Waits.Add(timeout);

    public SocketError TakePendingError() => Throws is null ? Pending : throw Throws;

    public void Dispose()
    {
    }
}
