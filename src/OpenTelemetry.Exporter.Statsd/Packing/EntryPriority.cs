namespace OpenTelemetry.Exporter.Statsd.Packing;

/// <summary>Which entries a <see cref="LaneBuffer"/> refuses first.</summary>
internal enum EntryPriority
{
    /// <summary>Said once, such as a count: refused only where there is no room at all.</summary>
    Normal,

    /// <summary>Said again anyway, such as the level of a gauge: refused once the lane would be more than three quarters full.</summary>
    Low,
}
