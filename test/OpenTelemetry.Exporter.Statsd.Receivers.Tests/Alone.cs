namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>Tests of what a receiver can take, and so run with no other beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class Alone
{
    public const string Name = "Alone";
}
