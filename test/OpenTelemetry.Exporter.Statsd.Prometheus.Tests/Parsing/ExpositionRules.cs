using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>What holds for the families of any format.</summary>
internal static class ExpositionRules
{
    public static void Check([DoesNotReturnIf(false)] bool condition, string problem, string where)
    {
        if (!condition)
        {
            throw new FormatException($"{problem}: {where}");
        }
    }

    /// <summary>Text of a body, which is UTF-8 and, unless it is empty, ends with a line feed.</summary>
    public static string[] Lines(ReadOnlySpan<byte> body)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException exception)
        {
            throw new FormatException("not UTF-8", exception);
        }

        if (text.Length == 0)
        {
            return [];
        }

        Check(text[^1] == '\n', "no final line feed", text);
        return text[..^1].Split('\n');
    }

    /// <summary>No family or series is there twice, and no name of a sample could be of two families.</summary>
    public static void CheckUnique(List<Family> families, Func<Family, IEnumerable<string>> sampleNames)
    {
        CheckUnique(families.Select(family => family.Name), "a family twice");
        CheckUnique(families.SelectMany(family => sampleNames(family).Append(family.Name).Distinct()), "a sample name in two families");
        CheckUnique(families.SelectMany(family => family.Samples).Select(sample => sample.Series), "a series twice");
        CheckUnique(
            families.SelectMany(family => family.NativeHistograms.Select(histogram => family.Name + Sample.Key(histogram.Labels))),
            "a native histogram twice");
    }

    /// <summary>The names of the samples of a classic histogram.</summary>
    public static IEnumerable<string> HistogramNames(string family) => [family, family + "_bucket", family + "_sum", family + "_count"];

    /// <summary>The samples of a family by point: of a histogram several are of one.</summary>
    public static IEnumerable<List<Sample>> Points(Family family) => family.Samples
        .GroupBy(sample => Sample.Key(sample.Labels.Where(label => family.Type != "histogram" || label.Key != "le")))
        .Select(point => point.ToList());

    /// <summary>Buckets rise in bound and count up to +Inf, which is all; returns them.</summary>
    public static List<Sample> CheckBuckets(List<Sample> point, string family)
    {
        var buckets = point.Where(sample => sample.Name == family + "_bucket").ToList();
        Check(buckets.All(bucket => bucket.Labels.ContainsKey("le")), "a bucket without le", family);
        Check(point.Except(buckets).All(sample => !sample.Labels.ContainsKey("le")), "le not on a bucket", family);
        var bounds = buckets.Select(bucket => bucket.UpperBound).ToList();
        Check(!bounds.Any(double.IsNaN), "a bound that is no number", family);
        Check(bounds.SequenceEqual(bounds.Distinct().Order()), "bounds that do not rise", family);
        Check(bounds.Count > 0 && double.IsPositiveInfinity(bounds[^1]), "no bucket +Inf", family);
        var counts = buckets.Select(bucket => bucket.Value).ToList();
        Check(counts.All(count => count >= 0 && count == Math.Floor(count) && double.IsFinite(count)), "a count that is no natural number", family);
        Check(counts.SequenceEqual(counts.Order()), "counts that fall", family);
        Check(
            point.Where(sample => sample.Name == family + "_count").All(count => count.Value == counts[^1]),
            "_count is not +Inf",
            family);
        return buckets;
    }

    /// <summary>Names and values of the labels of an exemplar have 128 characters at most.</summary>
    public static void CheckExemplar(Exemplar exemplar, string where) => Check(
        exemplar.Labels.Sum(label => label.Key.EnumerateRunes().Count() + label.Value.EnumerateRunes().Count()) <= 128,
        "an exemplar of more than 128 characters",
        where);

    private static void CheckUnique(IEnumerable<string> values, string problem)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            Check(seen.Add(value), problem, value);
        }
    }
}
