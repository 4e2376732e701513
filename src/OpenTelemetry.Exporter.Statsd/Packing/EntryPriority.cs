namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Which entries a <see cref="LaneBuffer"/> refuses first.</summary>
internal enum EntryPriority
{
    /// <summary>Refused once the lane would be more than half full.</summary>
    Low,

    /// <summary>Refused once the lane would be more than three quarters full.</summary>
    Normal,

    /// <summary>Refused only where there is no room at all.</summary>
    High,
}
