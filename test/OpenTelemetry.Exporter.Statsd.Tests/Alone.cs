namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Tests that watch what the whole process does, or start another one, and so run with no other beside them.</summary>
/// <remarks>
/// Until a process that is started runs its program it shares every socket of this one: what a test closes meanwhile stays open, takes
/// packets and keeps its address.
/// </remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "Alone";
}
