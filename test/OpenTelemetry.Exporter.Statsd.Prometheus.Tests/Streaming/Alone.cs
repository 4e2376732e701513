namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Tests that count what the whole process counts, and so run by themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
