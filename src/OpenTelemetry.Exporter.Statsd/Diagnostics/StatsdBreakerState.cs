namespace OpenTelemetry.Exporter;

/// <summary>Whether an exporter takes its receiver for reachable. The higher the value, the worse.</summary>
public enum StatsdBreakerState
{
    /// <summary>The receiver takes packets.</summary>
    Closed,

    /// <summary>The receiver was away and is tried again.</summary>
    HalfOpen,

    /// <summary>The receiver is away; nothing is tried for a while.</summary>
    Open,
}
