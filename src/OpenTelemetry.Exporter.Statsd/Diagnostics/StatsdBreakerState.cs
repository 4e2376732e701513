namespace OpenTelemetry.Exporter;

/// <summary>Whether an exporter takes its receiver for reachable.</summary>
public enum StatsdBreakerState
{
    /// <summary>The receiver takes packets.</summary>
    Closed,

    /// <summary>The receiver is away; nothing is tried for a while.</summary>
    Open,

    /// <summary>The receiver was away and is tried again.</summary>
    HalfOpen,
}
