using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Hosting;

/// <summary>Asks an exporter whether it takes its receiver for reachable, and whether it has lost anything since it was asked last.</summary>
/// <remarks>Thread-safe: of checks at the same time, one is told of each point or measurement that was lost.</remarks>
internal sealed class StatsdExporterHealthCheck(MeterProvider? provider, string? exporterName) : IHealthCheck
{
    private readonly Lock gate = new();
    private Losses known;

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

        if (Read(out var lost) is not { } statistics)
        {
            return new HealthCheckResult(failure, $"{exporter} does not run: the {nameof(MeterProvider)} has none of that name, or the SDK is disabled.");
        }

        List<string> troubles = [];
        if (statistics.BreakerState != StatsdBreakerState.Closed)
        {
            troubles.Add("takes its receiver for unreachable");
        }

        AddLoss(troubles, "dropped points", lost.PointsDropped);
        AddLoss(troubles, "dropped measurements", lost.MeasurementsDropped);
        AddLoss(troubles, "refused measurements", lost.MeasurementsRefused);

        return troubles.Count == 0
            ? new HealthCheckResult(HealthStatus.Healthy, $"{exporter} takes its receiver for reachable and has lost nothing since the last check.", data: DataOf(statistics))
            : new HealthCheckResult(failure, $"{exporter} {string.Join(" and ", troubles)}.", data: DataOf(statistics));
    }

    private static void AddLoss(List<string> troubles, string what, long count)
    {
        if (count > 0)
        {
            troubles.Add($"has {what} since the last check: {count}");
        }
    }

    /// <param name="lost">What was lost since the last call.</param>
    private StatsdExporterStatistics? Read(out Losses lost)
    {
        // Read and remembered in the same order, or a check that was overtaken would have losses told again.
        lock (gate)
        {
            lost = default;
            var statistics = provider?.GetStatsdExporterStatistics(exporterName);
            if (statistics is not null)
            {
                var all = new Losses(statistics.PointsDropped, statistics.MeasurementsDropped, statistics.MeasurementsRefused);
                lost = all.Since(known);
                known = all;
            }

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
            [nameof(statistics.MeasurementsExported)] = statistics.MeasurementsExported,
            [nameof(statistics.MeasurementsDropped)] = statistics.MeasurementsDropped,
            [nameof(statistics.MeasurementsRefused)] = statistics.MeasurementsRefused,
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
        AddByReason(nameof(statistics.PointsDropped), statistics.PointsDroppedByReason);
        AddByReason(nameof(statistics.MeasurementsDropped), statistics.MeasurementsDroppedByReason);
        AddByReason(nameof(statistics.MeasurementsRefused), statistics.MeasurementsRefusedByReason);
        return data;

        void AddByReason(string what, IReadOnlyDictionary<string, long> counts)
        {
            foreach (var (reason, count) in counts)
            {
                data.Add($"{what}.{reason}", count);
            }
        }
    }

    private readonly record struct Losses(long PointsDropped, long MeasurementsDropped, long MeasurementsRefused)
    {
        public Losses Since(Losses earlier) => new(
            PointsDropped - earlier.PointsDropped, MeasurementsDropped - earlier.MeasurementsDropped, MeasurementsRefused - earlier.MeasurementsRefused);
    }
}
