namespace TestSupport;

/// <summary>One metric of one document, as CloudWatch reads it.</summary>
public sealed record EmfRecord
{
    /// <summary>Gets the namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Gets the metric's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the unit, <c>None</c> when none is written.</summary>
    public required string Unit { get; init; }

    /// <summary>Gets the resolution in seconds, 60 when none is written.</summary>
    public required int Resolution { get; init; }

    /// <summary>Gets the sets of dimensions: the metric is published once for each.</summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, string>> DimensionSets { get; init; }

    /// <summary>Gets everything at the root of the document that is not the value of a metric: dimensions, and what can be searched for. Texts are as they read, all else as written.</summary>
    public required IReadOnlyDictionary<string, string> Members { get; init; }

    /// <summary>Gets the value.</summary>
    public required EmfTarget Target { get; init; }

    /// <summary>Gets the value as written.</summary>
    public required string Text { get; init; }

    /// <summary>Gets the document it comes from.</summary>
    public required EmfDocument Document { get; init; }

    /// <summary>Gets the dimensions of the only set.</summary>
    public IReadOnlyDictionary<string, string> Dimensions => this.DimensionSets.Single();
}
