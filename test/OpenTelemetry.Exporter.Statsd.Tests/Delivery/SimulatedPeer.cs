using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Delivery;

/// <summary>How often, in percent of calls, what happens on the way to a <see cref="SimulatedPeer"/>.</summary>
internal sealed record Weather
{
    /// <summary>The peer goes away, or comes back.</summary>
    public int Turns { get; init; }

    public int NoRoom { get; init; }

    public int NoMemory { get; init; }

    /// <summary>A call fails before it takes anything, whatever became of the calls before.</summary>
    public int Failures { get; init; }

    /// <summary>A stream takes only a part, or is reset.</summary>
    public int Parts { get; init; }

    public int Resets { get; init; }

    /// <summary>No waiting ever helps against a full buffer.</summary>
    public bool IsStuck { get; init; }
}

/// <summary>A network and a receiver that a seed makes up; knows what arrived, and that no call is made that a transport does not allow.</summary>
internal abstract class SimulatedPeer(Weather weather, ManualClock clock, int seed) : ITransport
{
    private const int MaxCallsAtOnce = 20_000;

    private readonly Random random = new(seed);

    /// <summary>What has happened, lest a property hold for want of cases.</summary>
    public HashSet<string> Seen { get; } = [];

    /// <summary>What a sender did that it must not do. A transport's exceptions are errors to a sender, so that they would not fail a test.</summary>
    public string? Fault { get; private set; }

    public int Calls { get; private set; }

    /// <summary>How many waits there were.</summary>
    public int Waits { get; private set; }

    public bool IsThere { get; set; } = true;

    public bool HasCalm { get; set; }

    public abstract bool IsLossy { get; }

    public abstract int MaxPacketsPerSend { get; }

    protected bool IsConnected { get; set; }

    protected Weather Weather => weather;

    protected ManualClock Clock => clock;

    public abstract SocketError Probe(TimeSpan timeout);

    public abstract SocketError Send(ReadOnlyMemory<byte> packets, int packetBytes, out int taken);

    public virtual SocketError TakeReport()
    {
        Call();
        return SocketError.Success;
    }

    public virtual void Disconnect() => IsConnected = false;

    /// <summary>Waits as a transport does, perhaps not until the end.</summary>
    public void WaitUntilWritable(TimeSpan timeout)
    {
        Call();
        Demand(timeout > TimeSpan.Zero, "A wait for nothing burns a core.");
        Wait(weather.IsStuck ? timeout : TimeSpan.FromTicks(random.NextInt64(1, timeout.Ticks + 1)));
    }

    /// <summary>Lets time pass.</summary>
    public void Wait(TimeSpan time)
    {
        Demand(time > TimeSpan.Zero, "A wait for nothing burns a core.");
        Waits++;
        clock.Advance(time);
    }

    public void Dispose() => Disconnect();

    /// <summary>What a test calls before it lets a sender work, and again afterwards.</summary>
    public int ResetCalls()
    {
        var calls = Calls;
        Calls = 0;
        return calls;
    }

    /// <summary>Counts a call, and lets the peer come or go.</summary>
    protected void Call()
    {
        // A sender that goes round for ever ends here.
        Demand(++Calls < MaxCallsAtOnce, "Too many calls.");
        if (Happens(weather.Turns))
        {
            IsThere = !IsThere;
        }
    }

    protected void Demand(bool isMet, string what)
    {
        if (!isMet)
        {
            Fault ??= what;
            throw new InvalidOperationException(what);
        }
    }

    protected bool Happens(int percent) => !HasCalm && random.Next(100) < percent;

    protected int UpTo(int number) => random.Next(number + 1);

    /// <summary>An error that says nothing of the peer, if the weather has one.</summary>
    protected SocketError Trouble()
    {
        if ((weather.IsStuck && !HasCalm) || Happens(weather.NoRoom))
        {
            return Note(SocketError.WouldBlock);
        }

        if (Happens(weather.NoMemory))
        {
            return Note(SocketError.NoBufferSpaceAvailable);
        }

        if (Happens(weather.Failures))
        {
            return Note(SocketError.AccessDenied);
        }

        return SocketError.Success;
    }

    protected SocketError Note(SocketError error)
    {
        Seen.Add(error.ToString());
        return error;
    }
}
