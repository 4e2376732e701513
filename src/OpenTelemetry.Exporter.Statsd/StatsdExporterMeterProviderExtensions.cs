using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Diagnostics;

namespace OpenTelemetry.Metrics;

/// <summary>Asks a <see cref="MeterProvider"/> for its StatsD exporters.</summary>
public static class StatsdExporterMeterProviderExtensions
{
    /// <summary>Reads what a StatsD exporter of the provider has done, and what it holds.</summary>
    /// <param name="provider">The provider. It may be disposed of, and then tells how the exporter ended.</param>
    /// <param name="name">The name that the exporter was added with; <see langword="null"/> or empty for the one without a name.</param>
    /// <returns>The present statistics; <see langword="null"/> if the provider has no such exporter, as when the SDK is disabled.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="provider"/> is <see langword="null"/>.</exception>
    /// <remarks>Thread-safe, and cheap enough for any time: no lock, a few microseconds, a copy of some hundred bytes.</remarks>
    public static StatsdExporterStatistics? GetStatsdExporterStatistics(this MeterProvider provider, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var exporter = string.IsNullOrEmpty(name) ? StatsdExporterRegistration.Unnamed : name;
        return ExporterRegistry.Find(provider, exporter, ExporterFormat.Statsd) is { } statistics ? new StatsdExporterStatistics(statistics) : null;
    }

    /// <summary>Looks up a series of a histogram once, so that each recording costs a fraction of what <c>Record</c> with the same tags costs.</summary>
    /// <typeparam name="T">The histogram's number type.</typeparam>
    /// <param name="provider">The provider whose StatsD exporter streams the histogram.</param>
    /// <param name="histogram">The histogram.</param>
    /// <param name="tags">The series' tags, copied.</param>
    /// <returns>What records with these tags; it may be kept for as long as it is of use.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="provider"/> or <paramref name="histogram"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// <para>It pays where exactly one StatsD exporter of the provider streams the histogram (<see cref="StatsdExporterOptions.Stream"/>) and
    /// <see cref="StatsdExporterOptions.DropStreamedFromSdk"/> is set: then a measurement goes straight into the stream, and to nobody
    /// else: neither to views of the application's own that ask for the histogram nor to other providers or listeners, such as
    /// <c>dotnet-counters</c>. In all other cases it calls <c>Record</c>, and everybody sees it, at the usual cost.</para>
    /// <para>Priority, sampling, the limit of series and counts of what is refused apply as to the histogram. Thread-safe.</para>
    /// </remarks>
    public static StatsdSeries<T> BindStatsdSeries<T>(
        this MeterProvider provider, Histogram<T> histogram, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(histogram);
        return new StatsdSeries<T>(provider, histogram, tags);
    }

    /// <summary>Looks up a series of a counter once, so that each addition costs a fraction of what <c>Add</c> with the same tags costs.</summary>
    /// <typeparam name="T">The counter's number type.</typeparam>
    /// <param name="provider">The provider whose StatsD exporter streams the counter.</param>
    /// <param name="counter">The counter.</param>
    /// <param name="tags">The series' tags, copied.</param>
    /// <returns>What adds with these tags; it may be kept for as long as it is of use.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="provider"/> or <paramref name="counter"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// <para>It pays where exactly one StatsD exporter of the provider streams the counter (<see cref="StatsdExporterOptions.Stream"/>) and
    /// <see cref="StatsdExporterOptions.DropStreamedFromSdk"/> is set: then a measurement goes straight into the stream, and to nobody
    /// else: neither to views of the application's own that ask for the counter nor to other providers or listeners, such as
    /// <c>dotnet-counters</c>. In all other cases it calls <c>Add</c>, and everybody sees it, at the usual cost.</para>
    /// <para>Priority, sampling, the limit of series and counts of what is refused apply as to the counter. Thread-safe.</para>
    /// </remarks>
    public static StatsdSeries<T> BindStatsdSeries<T>(
        this MeterProvider provider, Counter<T> counter, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(counter);
        return new StatsdSeries<T>(provider, counter, tags);
    }
}
