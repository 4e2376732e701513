namespace OpenTelemetry.Exporter.Statsd.Delivery;

/// <summary>What a reader asks an exporter before it collects, and what it tells it.</summary>
/// <remarks><see cref="IsAway"/> and <see cref="Hurry"/> may be called by any thread, the rest by the one that collects.</remarks>
internal interface IDelivery
{
    /// <summary>Whether the receiver was away when it was last asked or sent to.</summary>
    bool IsAway { get; }

    /// <summary>Sends what is kept from before, and asks whether the receiver takes more.</summary>
    /// <param name="budget">How long that may take.</param>
    bool IsReceiverThere(TimeSpan budget);

    /// <summary>Says how long the next export may take.</summary>
    void Grant(TimeSpan budget);

    /// <summary>Announces the shutdown: what comes is tried whether the receiver is there or not.</summary>
    /// <param name="budget">How long the shutdown may take in all.</param>
    void Hurry(TimeSpan budget);
}
