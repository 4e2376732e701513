namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Which version of a receiver a test talks to, from the oldest to the newest.</summary>
public enum ReceiverVersion
{
    /// <summary>The one that the system's packages have: required.</summary>
    Installed,

    /// <summary>The one of Debian 13, in <c>build/receivers/trixie</c>: its tests are skipped where it cannot be had.</summary>
    Trixie,

    /// <summary>The one of Debian's development branch, in <c>build/receivers/sid</c>: likewise.</summary>
    Sid,
}
