using OpenTelemetry.Metrics;

namespace Benchmarks.Forms;

/// <summary>How the SDK aggregates a histogram.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Bounds">Explicit bounds for certain data; <see langword="null"/> for exponential buckets.</param>
/// <param name="Configure">Has a provider aggregate so.</param>
internal sealed record HistogramAggregation(string Name, Func<FormData, double[]?> Bounds, Action<MeterProviderBuilder, FormData> Configure)
{
    public static IReadOnlyList<HistogramAggregation> All { get; } =
    [
        new("explicit, default bounds", _ => BucketBoundaries.Default(), (_, _) => { }),
        new(
            "explicit, chosen bounds",
            data => data.ChosenBounds,
            (builder, data) => builder.AddView("*", new ExplicitBucketHistogramConfiguration { Boundaries = data.ChosenBounds })),
        new("exponential, 160", _ => null, (builder, _) => builder.AddExponentialHistograms()),
        new("exponential, 320", _ => null, (builder, _) => builder.AddExponentialHistograms(maxSize: 320)),
    ];
}
