using System.Net.Sockets;
using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>What is known of whether the receiver is there, and when it may be asked or tried again.</summary>
/// <remarks>One owner at a time: the thread that exports; <see cref="State"/> may be read by any.</remarks>
internal sealed class Reachability(GuardedTransport transport, ExportBudget budget, ExporterEvents events, string endpoint, TimeProvider clock)
{
    /// <summary>How long it may take to find out.</summary>
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(2);

    /// <summary>How often the receiver is asked in a series without an end, which is also when a name that stands for another address is followed.</summary>
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(10);

    /// <summary>How often a packet is sent again at once before the receiver counts as away: a name may have several addresses.</summary>
    private const int MaxAttempts = 3;

    private readonly CircuitBreaker breaker = new(clock);
    private int attempts;
    private long askedAt;

    public StatsdBreakerState State => breaker.State;

    /// <summary>How long until a receiver that is away is tried again.</summary>
    public TimeSpan UntilRetry => breaker.UntilRetry;

    /// <summary>Whether the receiver was there when it was last asked or sent to.</summary>
    public bool HasAnswered { get; private set; }

    /// <summary>Why what cannot be sent now would be lost.</summary>
    public DropReason Trouble { get; private set; } = DropReason.TimedOut;

    /// <summary>Whether a receiver that is there should be asked again.</summary>
    public bool IsAskDue => budget.Now - askedAt >= AskInterval.Ticks;

    /// <summary>Starts a series of packets. At the end, a receiver that is away may be tried once more.</summary>
    public void Begin()
    {
        attempts = 0;
        if (budget.IsHurried)
        {
            breaker.Force();
        }
    }

    /// <inheritdoc cref="CircuitBreaker.TryEnter"/>
    public bool TryEnter() => breaker.TryEnter();

    /// <summary>Finds out whether the receiver is there.</summary>
    public bool Ask()
    {
        askedAt = budget.Now;
        var error = Probe();
        HasAnswered = error == SocketError.Success;

        // Whoever had no time to answer has not failed.
        if (!HasAnswered && (error != SocketError.TimedOut || budget.Left > TimeSpan.Zero))
        {
            Leave(DropReason.ReceiverAway, error);
        }

        return HasAnswered;
    }

    /// <summary>What was sent has not arrived: the receiver is asked, but for how often that has been in vain.</summary>
    public void Refuse(SocketError error)
    {
        attempts++;
        var answer = attempts < MaxAttempts ? Probe() : error;
        if (answer != SocketError.Success)
        {
            // A transport that was disposed of says nothing about the receiver: the time of the exporter is over.
            Leave(answer == SocketError.OperationAborted ? DropReason.TimedOut : DropReason.ReceiverAway, answer);
        }
    }

    /// <summary>The receiver is away.</summary>
    public void Leave(DropReason why, SocketError error)
    {
        Trouble = why;
        HasAnswered = false;
        attempts = 0;
        breaker.Fail();
        events.ReceiverAway(endpoint, error.ToString());
    }

    /// <summary>The budget is used up, which is not for the receiver to answer for.</summary>
    public void RunOutOfTime() => Trouble = DropReason.TimedOut;

    /// <summary>The receiver takes packets.</summary>
    public void Confirm()
    {
        attempts = 0;
        HasAnswered = true;
        if (breaker.State != StatsdBreakerState.Closed)
        {
            breaker.Succeed();
            events.ReceiverBack(endpoint);
        }
    }

    private SocketError Probe() => transport.Probe(budget.Left < ProbeLimit ? budget.Left : ProbeLimit);
}
