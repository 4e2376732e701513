namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>A sample as read back, of any format.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    public Exemplar? Exemplar { get; init; }

    /// <summary>Since when this is counted, in Unix seconds: the point's <c>_created</c> in OpenMetrics.</summary>
    public decimal? Created { get; init; }

    /// <summary>Name and labels with a value, in order: what makes a series to Prometheus.</summary>
    public string Series => Name + Key(Labels);

    /// <summary>A bucket's bound as a number, which text format 0.0.4 spells otherwise than OpenMetrics.</summary>
    public double UpperBound => Number.Parse(Labels["le"]);

    public static string Key(IEnumerable<KeyValuePair<string, string>> labels) => string.Concat(labels
        .Where(label => label.Value.Length > 0)
        .OrderBy(label => label.Key, StringComparer.Ordinal)
        .Select(label => $"\u0001{label.Key}\u0002{label.Value}"));
}

/// <summary>One measurement behind a sample. The timestamp is in Unix seconds.</summary>
internal sealed record Exemplar(IReadOnlyDictionary<string, string> Labels, double Value, decimal? Timestamp);
