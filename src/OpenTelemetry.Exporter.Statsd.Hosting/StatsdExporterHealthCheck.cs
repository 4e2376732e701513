using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Hosting;

/// <summary>Asks an exporter whether it takes its receiver for reachable, and whether it has dropped points since it was asked last.</summary>
/// <remarks>Thread-safe: of checks at the same time, one is told of each dropped point.</remarks>
internal sealed class StatsdExporterHealthCheck(MeterProvider? provider, string? exporterName) : IHealthCheck
{
    private readonly Lock gate = new();
    private long pointsDropped;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(context.Registration.FailureStatus));

    private HealthCheckResult Check(HealthStatus failure)
    {
        var exporter = string.IsNullOrEmpty(exporterName) ? "The StatsD exporter" : $"The StatsD exporter '{exporterName}'";
        if (provider is null)
        {
            return new HealthCheckResult(failure, $"{exporter} does not run: no {nameof(MeterProvider)} is registered.");
        }

        if (Read(out var dropped) is not { } statistics)
        {
            return new HealthCheckResult(failure, $"{exporter} does not run: the {nameof(MeterProvider)} has none of that name, or the SDK is disabled.");
        }

        List<string> troubles = [];
        if (statistics.BreakerState != StatsdBreakerState.Closed)
        {
            troubles.Add("takes its receiver for unreachable");
        }

        if (dropped > 0)
        {
            troubles.Add($"has dropped points since the last check: {dropped}");
        }

        return troubles.Count == 0
            ? new HealthCheckResult(HealthStatus.Healthy, $"{exporter} takes its receiver for reachable and has dropped nothing since the last check.", data: DataOf(statistics))
            : new HealthCheckResult(failure, $"{exporter} {string.Join(" and ", troubles)}.", data: DataOf(statistics));
    }

    /// <param name="dropped">Points dropped since the last call.</param>
    private StatsdExporterStatistics? Read(out long dropped)
    {
        // Read and remembered in the same order, or a check that was overtaken would have points told again.
        lock (gate)
        {
            var statistics = provider?.GetStatsdExporterStatistics(exporterName);
            dropped = statistics is null ? 0 : statistics.PointsDropped - pointsDropped;
            pointsDropped += dropped;
            return statistics;
        }
    }

    private static Dictionary<string, object> DataOf(StatsdExporterStatistics statistics)
    {
        var data = new Dictionary<string, object>
        {
            [nameof(statistics.BreakerState)] = statistics.BreakerState.ToString(),
            [nameof(statistics.PointsExported)] = statistics.PointsExported,
            [nameof(statistics.PointsDropped)] = statistics.PointsDropped,
            [nameof(statistics.PacketsSent)] = statistics.PacketsSent,
            [nameof(statistics.PacketsDropped)] = statistics.PacketsDropped,
            [nameof(statistics.PacketsResent)] = statistics.PacketsResent,
            [nameof(statistics.BytesSent)] = statistics.BytesSent,
            [nameof(statistics.BytesDropped)] = statistics.BytesDropped,
            [nameof(statistics.QueuedPackets)] = statistics.QueuedPackets,
            [nameof(statistics.QueuedBytes)] = statistics.QueuedBytes,
            [nameof(statistics.MemoryBytes)] = statistics.MemoryBytes,
            [nameof(statistics.AddressChanges)] = statistics.AddressChanges,
        };
        foreach (var (reason, points) in statistics.PointsDroppedByReason)
        {
            data.Add($"{nameof(statistics.PointsDropped)}.{reason}", points);
        }

        return data;
    }
}
