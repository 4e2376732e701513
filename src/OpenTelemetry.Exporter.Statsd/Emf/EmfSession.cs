using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>What turns points into documents once the resource is known.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
internal sealed class EmfSession
{
    private readonly EmfExporterSettings settings;
    private readonly GroupEncoder encoder;
    private readonly GroupTable groups = new();
    private readonly DocumentHead head;
    private readonly DocumentPacker documents;
    private bool hasTime;

    /// <param name="settings">Options.</param>
    /// <param name="resource">Of the provider.</param>
    /// <param name="packets">Where documents go.</param>
    /// <param name="tally">Counts points that are not quite what was recorded.</param>
    public EmfSession(EmfExporterSettings settings, Resource resource, PacketBuilder packets, ExportTally tally)
    {
        this.settings = settings;
        Packets = packets;
        encoder = new GroupEncoder(settings, resource);
        Histograms = new HistogramReader(!settings.WritesStatisticSets);
        documents = new DocumentPacker(packets, tally, settings.Delivery.Endpoint);
        head = new DocumentHead(
            settings.Namespace ?? CloudWatchNamespace.Of(Attribute),
            settings.LogGroupName is { } group ? LogName.Group(group, Attribute) : null,
            settings.LogStreamName is { } stream ? LogName.Stream(stream, Attribute) : null);

        string? Attribute(string name)
        {
            var value = resource.Attributes.LastOrDefault(each => each.Key == name).Value;
            return value is null ? null : Text.AttributeText.Of(value);
        }
    }

    public PacketBuilder Packets { get; }

    /// <summary>The points that were not written yet.</summary>
    public PointStore Points { get; } = new();

    public HistogramReader Histograms { get; }

    /// <summary>The memory that it takes, about.</summary>
    public long MemoryBytes => Points.MemoryBytes + groups.MemoryBytes;

    /// <summary>Starts an export.</summary>
    public void Begin()
    {
        groups.Begin();
        hasTime = false;
    }

    /// <summary>Encodes what is fixed for a metric.</summary>
    public EmfMetric Create(Metric metric) => new(
        metric.Name,
        EmfUnit.Of(metric.Unit),
        settings.HighResolution.Any(pattern => pattern.Matches(metric.Name)),
        settings.Dimensions.For(metric.Name));

    /// <summary>Finds out which group a point belongs to.</summary>
    public EmfSeries Find(ref readonly MetricPoint point, EmfMetric metric)
    {
        if (!hasTime)
        {
            // The end of the interval, which is the same for all but a moment.
            head.SetTime(point.EndTime);
            hasTime = true;
        }

        var tags = point.Tags;
        if (!metric.Series.TryStep(tags, out var series) && !metric.Series.TryFind(tags, out series))
        {
            series = Encode(tags, metric);
            metric.Series.Add(tags, series);
        }

        return series with { Group = groups.Use(series.Group) };
    }

    /// <summary>Writes the points that there are, if they are many.</summary>
    public void Relieve()
    {
        if (Points.IsFull)
        {
            documents.Write(Points, head);
        }
    }

    /// <summary>Ends an export: writes the points that there are.</summary>
    public void End()
    {
        documents.Write(Points, head);
        groups.End();
    }

    private EmfSeries Encode(ReadOnlyTagCollection tags, EmfMetric metric)
    {
        var group = groups.Get(encoder.Encode(tags, metric.Sets));
        var text = metric.TextIn(group);
        if ((group.Alterations | text.Alterations) is not Alterations.None and var alterations)
        {
            Packets.Events.SeriesAltered(metric.Name, alterations);
        }

        return new(group, text);
    }
}
