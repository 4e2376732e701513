namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>Why one request to a Pushgateway was in vain.</summary>
/// <param name="Reason">What it is counted under.</param>
/// <param name="Text">What a reader of events is told.</param>
/// <param name="IsTransient">Whether the same request may succeed later.</param>
/// <param name="RetryAfter">How long the gateway asked to be left alone.</param>
internal sealed record PushFailure(string Reason, string Text, bool IsTransient = false, TimeSpan RetryAfter = default)
{
    /// <summary>There is no connection, or it broke.</summary>
    public const string Connection = "connection";

    /// <summary>There was no answer in time.</summary>
    public const string Timeout = "timeout";

    /// <summary>The gateway answered that it cannot at present.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The gateway answered that it will not.</summary>
    public const string Rejected = "rejected";

    /// <summary>Something threw.</summary>
    public const string Failed = "failed";
}
