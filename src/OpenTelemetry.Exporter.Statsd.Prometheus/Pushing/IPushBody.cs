namespace OpenTelemetry.Exporter.Prometheus.Pushing;

/// <summary>What is pushed.</summary>
/// <remarks>Written anew for each attempt, by one at a time.</remarks>
internal interface IPushBody
{
    string ContentType { get; }

    Task WriteToAsync(Stream stream, CancellationToken cancellation);
}
