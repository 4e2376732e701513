using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>In what ways a point, or a part of it, is not quite as it was recorded: a bit for each <see cref="AlterReason"/>.</summary>
[Flags]
internal enum Alterations
{
    None = 0,
    BlankDimension = 1 << AlterReason.BlankDimension,
    NonAscii = 1 << AlterReason.NonAscii,
    TooLong = 1 << AlterReason.TooLong,
    TooManyDimensions = 1 << AlterReason.TooManyDimensions,
    Renamed = 1 << AlterReason.Renamed,
    NonFinite = 1 << AlterReason.NonFinite,
}
