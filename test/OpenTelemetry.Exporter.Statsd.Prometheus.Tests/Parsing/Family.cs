namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>A family as read back, the same of every format but for what a format cannot say.</summary>
/// <param name="Name">As it is written: a counter's ends in <c>_total</c> except in OpenMetrics, where only its samples' do.</param>
/// <param name="Type"><c>counter</c>, <c>gauge</c>, <c>histogram</c>, <c>info</c> or, whatever the format calls it, <c>unknown</c>.</param>
/// <param name="Help">Empty if there is none.</param>
/// <param name="Unit">Empty if there is none, as always in text formats.</param>
/// <param name="Samples">
/// Those of text formats, <c>_bucket</c>, <c>_sum</c> and <c>_count</c> included, of which protobuf's classic histograms are made up too.
/// <c>_created</c> is no sample of its own, but <see cref="Sample.Created"/> of the point's others.
/// </param>
internal sealed record Family(string Name, string Type, string Help, string Unit, List<Sample> Samples)
{
    /// <summary>In protobuf only. One that has classic buckets too is among <see cref="Samples"/> as well.</summary>
    public List<NativeHistogram> NativeHistograms { get; } = [];
}

/// <summary>A native histogram with its spans and deltas resolved.</summary>
/// <param name="Labels">Of its series.</param>
/// <param name="Schema">-4 to 8: each power of two is divided into 2^schema buckets.</param>
/// <param name="ZeroThreshold">Up to which distance from 0 values count as 0.</param>
/// <param name="ZeroCount">How many did.</param>
/// <param name="Count">Of all values.</param>
/// <param name="Sum">Of all values.</param>
/// <param name="Buckets">Not cumulative, from the lowest to the highest.</param>
internal sealed record NativeHistogram(
    IReadOnlyDictionary<string, string> Labels,
    int Schema,
    double ZeroThreshold,
    ulong ZeroCount,
    ulong Count,
    double Sum,
    IReadOnlyList<NativeBucket> Buckets)
{
    public IReadOnlyList<Exemplar> Exemplars { get; init; } = [];

    /// <summary>Since when this is counted, in Unix seconds.</summary>
    public decimal? Created { get; init; }
}

/// <summary>Values above the lower and up to the upper bound; from the lower to below the upper one if both are negative.</summary>
internal readonly record struct NativeBucket(double Lower, double Upper, ulong Count);
