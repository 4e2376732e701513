using System.Text.RegularExpressions;
using static OpenTelemetry.Exporter.Prometheus.Tests.Parsing.ExpositionRules;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>What OpenMetrics demands of a family of each type.</summary>
internal static partial class OpenMetricsRules
{
    /// <summary>The names that samples of a family may have.</summary>
    public static IEnumerable<string> SampleNames(Family family) => (family.Type switch
    {
        "counter" => (string[])["_total", "_created"],
        "histogram" => ["_bucket", "_sum", "_count", "_created"],
        "info" => ["_info"],
        _ => [string.Empty],
    }).Select(suffix => family.Name + suffix);

    public static void CheckFamily(Family family)
    {
        Check(family.Type is "counter" or "gauge" or "histogram" or "info" or "unknown", "unknown type", $"{family.Name}: {family.Type}");
        CheckUnit(family);
        Check(family.Samples.Count > 0, "no sample", family.Name);
        var names = SampleNames(family).ToList();
        foreach (var sample in family.Samples)
        {
            Check(names.Contains(sample.Name), "a sample of another family", $"{family.Name}: {sample.Name}");
            CheckExemplar(sample, family);
        }

        CheckTogether(family);
        foreach (var point in Points(family))
        {
            CheckPoint(point, family);
        }
    }

    /// <summary>The same family with the times in <c>_created</c> at the samples that they are about.</summary>
    public static Family WithCreated(Family family)
    {
        var samples = Points(family).SelectMany(point =>
        {
            var created = point.FirstOrDefault(sample => IsCreated(sample, family))?.Created;
            return point.Where(sample => !IsCreated(sample, family)).Select(sample => sample with { Created = created });
        });
        return family with { Samples = [.. samples] };
    }

    private static bool IsCreated(Sample sample, Family family) =>
        family.Type is "counter" or "histogram" && sample.Name == family.Name + "_created";

    private static void CheckUnit(Family family)
    {
        if (family.Unit.Length > 0)
        {
            Check(UnitCharacters().IsMatch(family.Unit), "illegal unit", family.Unit);
            Check(family.Name.EndsWith("_" + family.Unit, StringComparison.Ordinal), "a unit that the name does not end with", family.Name);
            Check(family.Type != "info", "an info with a unit", family.Name);
        }
    }

    private static void CheckExemplar(Sample sample, Family family)
    {
        if (sample.Exemplar is { } exemplar)
        {
            Check(
                sample.Name == family.Name + (family.Type == "counter" ? "_total" : "_bucket") && family.Type is "counter" or "histogram",
                "an exemplar on something else than a total or a bucket",
                sample.Name);
            ExpositionRules.CheckExemplar(exemplar, sample.Name);
        }
    }

    /// <summary>What is of one point stands together.</summary>
    private static void CheckTogether(Family family)
    {
        var inOrder = Points(family).SelectMany(point => point);
        Check(inOrder.SequenceEqual(family.Samples, ReferenceEqualityComparer.Instance), "points that are interleaved", family.Name);
    }

    private static void CheckPoint(List<Sample> point, Family family)
    {
        Check(point.Where(sample => IsCreated(sample, family)).All(sample => sample.Created is not null), "_created that is no time", family.Name);
        switch (family.Type)
        {
            case "counter":
                Check(point.Any(sample => sample.Name == family.Name + "_total"), "no _total", family.Name);
                Check(point.All(sample => sample.Value >= 0), "a total that is negative or no number", family.Name);
                break;
            case "info":
                Check(point.All(sample => sample.Value == 1), "an info that is not 1", family.Name);
                break;
            case "histogram":
                CheckHistogram(point, family.Name);
                break;
            default:
                break;
        }
    }

    private static void CheckHistogram(List<Sample> point, string family)
    {
        var buckets = CheckBuckets(point, family);
        foreach (var bucket in buckets)
        {
            Check(bucket.Labels["le"] == Number.Canonical(bucket.UpperBound), "a bound that is not canonical", bucket.Labels["le"]);
            Check(bucket.Exemplar is null || bucket.Exemplar.Value <= bucket.UpperBound, "an exemplar beyond its bucket", family);
        }

        // Bucket by bucket, without anything else between them.
        var first = point.IndexOf(buckets[0]);
        Check(point.Skip(first).Take(buckets.Count).All(sample => sample.Name == family + "_bucket"), "buckets that are interleaved", family);

        var sum = point.FirstOrDefault(sample => sample.Name == family + "_sum");
        Check(sum is null == !point.Any(sample => sample.Name == family + "_count"), "one of _sum and _count", family);
        Check(sum is null || sum.Value >= 0, "a sum that is negative or no number", family);
        Check(sum is null || buckets.All(bucket => bucket.UpperBound >= 0), "a sum although a bound is negative", family);
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_:]+\z")]
    private static partial Regex UnitCharacters();
}
