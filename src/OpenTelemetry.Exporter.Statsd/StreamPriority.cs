namespace OpenTelemetry.Exporter;

/// <summary>Which measurements give way first when they come faster than they can be sent.</summary>
public enum StreamPriority
{
    /// <summary>Refused once the buffer of the recording thread is half full.</summary>
    Low,

    /// <summary>Refused once it is three quarters full.</summary>
    Normal,

    /// <summary>Refused only where there is no room at all.</summary>
    High,
}
