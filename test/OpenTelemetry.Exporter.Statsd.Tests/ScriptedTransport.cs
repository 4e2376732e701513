using System.Net.Sockets;
using System.Text;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Answers as it is told, for what no real socket can be brought to do on demand; then takes everything.</summary>
internal sealed class ScriptedTransport : ITransport
{
    private readonly Queue<SocketError> answers = new();

    /// <summary>What was sent, in order.</summary>
    public List<string> Taken { get; } = [];

    /// <summary>What <see cref="TakeReport"/> answers, in turn, before it has nothing to report.</summary>
    public Queue<SocketError> Reports { get; } = new();

    /// <summary>What <see cref="Probe"/> answers, in turn, before the receiver is there.</summary>
    public Queue<SocketError> Probes { get; } = new();

    public List<TimeSpan> Waits { get; } = [];

    public Exception? Throws { get; set; }

    /// <summary>Says whether the receiver is behind.</summary>
    public Func<bool>? Behind { get; set; }

    public bool IsReceiverBehind => Throws is not null ? throw Throws : Behind?.Invoke() ?? false;

    public bool IsLossy { get; set; } = true;

    public int MaxPacketsPerSend { get; set; } = 1;

    /// <summary>How often it was asked to do something, a wait apart.</summary>
    public int Calls { get; private set; }

    /// <summary>Told what is taken, when it is.</summary>
    public Action<string>? OnTaken { get; set; }

    /// <summary>What a wait for room is, beside a note of it.</summary>
    public Action<TimeSpan>? Wait { get; set; }

    public ScriptedTransport Answer(SocketError result)
    {
        answers.Enqueue(result);
        return this;
    }

    public SocketError Probe(TimeSpan timeout)
    {
        Calls++;
        return Throws is not null ? throw Throws
            : Probes.Count > 0 ? Probes.Dequeue()
            : SocketError.Success;
    }

    public SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken)
    {
        Calls++;
        if (Throws is not null)
        {
            throw Throws;
        }

        var result = answers.Count > 0 ? answers.Dequeue() : SocketError.Success;
        taken = result == SocketError.Success ? packets.Length : 0;
        if (taken > 0)
        {
            Taken.Add(Encoding.UTF8.GetString(packets.Span));
            OnTaken?.Invoke(Taken[^1]);
        }

        return result;
    }

    public void WaitUntilWritable(TimeSpan timeout)
    {
        Waits.Add(timeout);
        Wait?.Invoke(timeout);
    }

    public SocketError TakeReport()
    {
        Calls++;
        return Throws is not null ? throw Throws
            : Reports.Count > 0 ? Reports.Dequeue()
            : SocketError.Success;
    }

    public void Disconnect()
    {
    }

    public void Dispose()
    {
    }
}
