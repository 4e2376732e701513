using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>What is known of a metric once it was written for the first time.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
/// <param name="name">As the instrument or its view calls it.</param>
/// <param name="unit">Its unit.</param>
/// <param name="isHighResolution">Whether it is kept by the second.</param>
/// <param name="sets">Its sets of dimensions; <see langword="null"/> for one of all.</param>
internal sealed class EmfMetric(string name, EmfUnit unit, bool isHighResolution, DimensionSetRule? sets)
{
    private const string RenamedSuffix = "_value";

    private readonly List<MetricText> texts = [];

    /// <summary>As the instrument or its view calls it; for events.</summary>
    public string Name => name;

    public EmfUnit Unit => unit;

    public DimensionSetRule? Sets => sets;

    /// <summary>Which group each series belongs to, and what the metric is called there.</summary>
    public SeriesCursor<EmfSeries> Series { get; } = new(TagArray.IsReadable);

    /// <summary>What the metric is called beside the members of a group, none of which may have its name.</summary>
    public MetricText TextIn(DocumentGroup group)
    {
        var wanted = CloudWatchText.MetricName(name);
        var free = ReservedNames.FreeName(wanted.Text, group.Names, RenamedSuffix, CloudWatchText.MaxMetricNameLength);
        var text = texts.Find(each => each.Name == free);
        if (text is null)
        {
            text = new MetricText(free, unit, isHighResolution, wanted.Alterations | (free == wanted.Text ? Alterations.None : Alterations.Renamed));
            texts.Add(text);
        }

        return text;
    }
}
