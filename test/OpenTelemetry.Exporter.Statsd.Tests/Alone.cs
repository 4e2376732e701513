namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>Tests that watch what the whole process does, and so run with no other beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "Alone";
}
