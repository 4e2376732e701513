using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Families;

/// <summary>A metric as one layout exposes it.</summary>
/// <remarks>Not thread-safe: belongs to the builder of that layout.</remarks>
internal sealed class LaidOutStream
{
    public LaidOutStream(MetricStream stream, NamingSettings naming, EscapingScheme escaping)
    {
        Stream = stream;
        Type = stream.Kind switch
        {
            MetricKind.Counter => FamilyType.Counter,
            MetricKind.Histogram => FamilyType.Histogram,
            _ => FamilyType.Gauge,
        };
        NaturalName = PrometheusName.OfFamily(stream.Name, stream.Unit, Type == FamilyType.Counter, naming, escaping);
        Name = NaturalName;
    }

    public MetricStream Stream { get; }

    public FamilyType Type { get; }

    /// <summary>The name that the family would have if no other had it.</summary>
    public string NaturalName { get; }

    /// <summary>The name of the family.</summary>
    public string Name { get; set; }

    /// <summary>The number of the metric in the structure that is laid out.</summary>
    public int Index { get; set; }

    /// <summary>The metric as that structure has it.</summary>
    public ShownStream Shown { get; set; }

    /// <summary>The next metric of the same family in this structure. The first one stands for the family; those that leave are last.</summary>
    public LaidOutStream? Next { get; set; }

    /// <summary>The series whose labels <see cref="Labels"/> has.</summary>
    public Series[]? Encoded { get; set; }

    /// <summary>In which pass <see cref="Labels"/> were encoded: those of one pass are told apart from each other.</summary>
    public long Pass { get; set; }

    /// <summary>The version of the numbers that <see cref="Labels"/> have.</summary>
    public int NumbersVersion { get; set; }

    public byte[][] Labels { get; set; } = [];

    public long LabelBytes { get; set; }

    /// <summary>The description, or where there is none what the metric is.</summary>
    public string Help
    {
        get
        {
            if (!string.IsNullOrWhiteSpace(Stream.Description))
            {
                return Stream.Description;
            }

            var unit = string.IsNullOrEmpty(Stream.Unit) ? string.Empty : $", unit {Stream.Unit}";
            return $"OpenTelemetry metric {Stream.Name}{unit}";
        }
    }
}
