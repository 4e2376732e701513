namespace OpenTelemetry.Exporter;

/// <summary>How many tags a Datadog Agent adds to a metric for its origin: each step adds tags to those of the step before.</summary>
/// <remarks>What the steps mean is the Agent's matter, from version 7.64 on; see "tags cardinality" in Datadog's documentation.</remarks>
public enum DatadogCardinality
{
    /// <summary>No tags.</summary>
    None,

    /// <summary>Tags of few values, such as the image or the deployment.</summary>
    Low,

    /// <summary>Tags that have a value for each pod or task, too.</summary>
    Orchestrator,

    /// <summary>Tags that have a value for each container, too.</summary>
    High,
}
