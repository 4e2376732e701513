using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Turns options of the Pushgateway exporter's reader that cannot be honoured into an error that names them.</summary>
internal static class PushgatewayReaderValidation
{
    private const string Exporter = "for AddPrometheusPushgatewayExporter";

    /// <summary>Throws unless all of <paramref name="options"/> can be honoured.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public static void Validate(string name, MetricReaderOptions options)
    {
        var failures = new OptionFailures(typeof(MetricReaderOptions), name);
        failures.AddUnless(
            options.TemporalityPreference == MetricReaderTemporalityPreference.Cumulative,
            nameof(options.TemporalityPreference),
            options.TemporalityPreference.ToString(),
            $"{MetricReaderTemporalityPreference.Cumulative} {Exporter}, as Prometheus knows no other");
        var periodic = options.PeriodicExportingMetricReaderOptions;
        AddUnlessTime(periodic.ExportIntervalMilliseconds, nameof(periodic.ExportIntervalMilliseconds), "to push at ForceFlush and at shutdown only", failures);
        AddUnlessTime(periodic.ExportTimeoutMilliseconds, nameof(periodic.ExportTimeoutMilliseconds), "for no limit", failures);
        failures.ThrowIfAny();
    }

    private static void AddUnlessTime(int? milliseconds, string option, string infinite, OptionFailures failures) => failures.AddUnless(
        milliseconds is null or > 0 or Timeout.Infinite,
        $"{nameof(MetricReaderOptions.PeriodicExportingMetricReaderOptions)}.{option}",
        milliseconds,
        $"1 or more {Exporter}, or -1 {infinite}");
}
