using System.Runtime.CompilerServices;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Puts the metrics of a batch into families, each name belonging to one family of one type.</summary>
/// <remarks>
/// Not thread-safe: called inside a collection. What it knows of a metric lives exactly as long as the SDK keeps that metric.
/// A histogram takes the names of its samples too, so that no gauge <c>h_count</c> is mistaken for the count of histogram
/// <c>h</c>. Whoever comes later to a taken name gets another one (<see cref="PrometheusName.Evade"/>), and keeps it.
/// </remarks>
internal sealed class MetricCatalog(PrometheusAspNetCoreOptions options, ExporterTelemetry telemetry)
{
    private readonly ConditionalWeakTable<Metric, MetricStream> streams = [];
    private readonly List<MetricStream> families = [];

    /// <summary>The last stream of the family that has a name, or <see langword="null"/> where a name may not be used.</summary>
    private readonly Dictionary<string, MetricStream?> names = [];

    /// <summary>The families of <paramref name="batch"/>, each by its first stream, in the SDK's order.</summary>
    public List<MetricStream> Arrange(in Batch<Metric> batch, bool reserveTargetInfo)
    {
        Forget();
        if (reserveTargetInfo)
        {
            names.Add("target_info", null);
        }

        foreach (var metric in batch)
        {
            if (TypeOf(metric) is { } type)
            {
                var stream = streams.GetValue(metric, key => new MetricStream(key, type, options));
                stream.Next = null;
                Place(stream);
            }
            else
            {
                telemetry.UnknownMetricType(metric);
            }
        }

        return families;
    }

    /// <summary>Lets go of the batch, so that metrics which the SDK gives up do not live on here.</summary>
    public void Forget()
    {
        foreach (var family in families)
        {
            for (var stream = family; stream is not null;)
            {
                var next = stream.Next;
                stream.Next = null;
                stream = next;
            }
        }

        families.Clear();
        names.Clear();
    }

    private static FamilyType? TypeOf(Metric metric) => MetricWalker.KindOf(metric) switch
    {
        MetricKind.Counter => FamilyType.Counter,
        MetricKind.UpDownCounter or MetricKind.Gauge => FamilyType.Gauge,
        MetricKind.Histogram => FamilyType.Histogram,
        _ => null,
    };

    private void Place(MetricStream stream)
    {
        var wanted = stream.Name;
        for (var attempt = 1; !TryPlace(stream); attempt++)
        {
            stream.Rename(PrometheusName.Evade(wanted, stream.Type, attempt));
        }

        if (!ReferenceEquals(wanted, stream.Name))
        {
            telemetry.NameConflict(stream.Metric, stream.Name, wanted);
        }
    }

    private bool TryPlace(MetricStream stream)
    {
        if (names.TryGetValue(stream.Name, out var last))
        {
            if (last?.Type != stream.Type || last.Name != stream.Name)
            {
                return false;
            }

            last.Next = stream;
            names[stream.Name] = stream;
            return true;
        }

        if (stream.Type == FamilyType.Histogram && !TryReserveSamples(stream.Name))
        {
            return false;
        }

        names.Add(stream.Name, stream);
        families.Add(stream);
        return true;
    }

    private bool TryReserveSamples(string name)
    {
        string[] samples = [$"{name}_bucket", $"{name}_sum", $"{name}_count"];
        if (Array.Exists(samples, names.ContainsKey))
        {
            return false;
        }

        foreach (var sample in samples)
        {
            names.Add(sample, null);
        }

        return true;
    }
}
