using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Streaming;

/// <summary>Which metrics of the SDK come from streamed instruments, so that they are not exported a second time.</summary>
/// <remarks>
/// <para>Any thread adds, before the SDK has made a metric of the instrument; one caller at a time asks. Remembers instruments beyond their end, for
/// their last export may come after it; grows with the number of distinct names.</para>
/// <para>What the names are is known once the provider is built, and nobody asks before: until then views may be added, and the list of them must
/// not be read. What is added earlier is therefore named when the first question comes.</para>
/// <para>A metric does not tell its instrument, only a name. So one that a view gives the name of a streamed metric of its meter and kind
/// is taken for that.</para>
/// </remarks>
/// <param name="namesOf">What the SDK calls the metrics that it makes of an instrument; asked once the provider is built.</param>
/// <param name="isBuilt">Whether the provider is built.</param>
internal sealed class StreamedNames(Func<Instrument, IEnumerable<string>> namesOf, Func<bool> isBuilt)
{
    private readonly ConcurrentDictionary<(string Meter, string Version, string Name, MetricKind Kind), bool> names = new();
    private readonly ConcurrentQueue<(Instrument Instrument, MetricKind Kind)> early = new();

    public void Add(Instrument instrument, MetricKind kind)
    {
        if (isBuilt())
        {
            AddNames(instrument, kind);
        }
        else
        {
            early.Enqueue((instrument, kind));
        }
    }

    public bool Contains(Metric metric)
    {
        while (early.TryDequeue(out var next))
        {
            AddNames(next.Instrument, next.Kind);
        }

        return MetricWalker.KindOf(metric) is { } kind && names.ContainsKey((metric.MeterName, metric.MeterVersion ?? string.Empty, metric.Name, kind));
    }

    private void AddNames(Instrument instrument, MetricKind kind)
    {
        foreach (var name in namesOf(instrument))
        {
            names[(instrument.Meter.Name, instrument.Meter.Version ?? string.Empty, name, kind)] = true;
        }
    }
}
