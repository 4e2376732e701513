using System.Globalization;
using System.Text;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>
/// What is known of a point whose lines depend on how a histogram's values are made up of its buckets: where they lie, how many they are, and what
/// may become of the point.
/// </summary>
/// <param name="Stream">Whose it is.</param>
/// <param name="Name">The metric's name.</param>
/// <param name="Tags">In order.</param>
/// <param name="Type">d, h or ms, or g of a quantile.</param>
/// <param name="Fields">What each line ends in.</param>
/// <param name="Values">What was recorded, in the unit that is written.</param>
/// <param name="Bounds">Of explicit buckets, in that unit, and how many values were recorded up to each; none of exponential ones.</param>
/// <param name="HasMinMax">Whether the smallest and the largest value are known.</param>
internal sealed record ExpectedValues(
    Recorded Stream, string Name, IReadOnlyList<Tag> Tags, string Type, string Fields, double[] Values, (double Bound, int Count)[] Bounds, bool HasMinMax)
{
    /// <summary>What may become of the values: a reason for dropping the point, or <see langword="null"/> if they are all written.</summary>
    public required IReadOnlyCollection<string?> Outcomes { get; init; }

    public bool IsQuantile => Type == "g";

    /// <summary>Of a quantile, the bounds of the buckets that hold the one or two values which its rank falls on, within the smallest and the largest value.</summary>
    public (double Lower, double Upper) Estimates { get; init; }

    public bool AreFinite => Array.TrueForAll(Values, double.IsFinite);

    /// <summary>Says what becomes of values, which follows from their signs, the receiver and the packet, as far as it can be told.</summary>
    public static IReadOnlyCollection<string?> OutcomesOf(ExpectedValues values, bool isSumFinite, DocumentedRules rules, int maxPacketBytes)
    {
        var certain = new HashSet<string?>();
        var possible = new HashSet<string?>();
        if (!isSumFinite)
        {
            // Said before any line is written.
            return ["invalid_value"];
        }

        if (!values.IsQuantile)
        {
            (values.HasMinMax ? certain : possible).UnionWith(values.AreFinite ? [] : ["invalid_value"]);
            if (rules.RejectsNegativeValues)
            {
                var isNegative = values.Values.Any(value => value < 0);
                (values.HasMinMax ? certain : possible).UnionWith(isNegative ? ["negative_value"] : []);
                possible.UnionWith(values.MayStandForLess ? ["negative_value"] : []);
            }
        }

        var (shortest, longest) = values.LineBytes(rules);
        if (shortest > maxPacketBytes && certain.Count == 0 && possible.Count == 0)
        {
            return ["line_too_long"];
        }

        if (certain.Count > 0)
        {
            return certain;
        }

        possible.UnionWith(longest > maxPacketBytes ? ["line_too_long"] : []);
        return [null, .. possible];
    }

    /// <summary>Whether a value that is not negative is in a bucket with values that are.</summary>
    private bool MayStandForLess => !HasMinMax && Bounds.Any(bound => bound.Bound < 0);

    /// <summary>How many lines there may be that no packet holds.</summary>
    public int MostTooLong(DocumentedRules rules, int maxPacketBytes) =>
        LineBytes(rules).Longest <= maxPacketBytes ? 0 : IsQuantile ? 1 : Values.Length;

    public string Identity => $"{Type} {Name} {string.Join('\u0001', Tags)}";

    /// <summary>Of the shortest and of the longest line that there might be, a line that sets a gauge to zero included.</summary>
    private (int Shortest, int Longest) LineBytes(DocumentedRules rules)
    {
        var shortest = Encoding.UTF8.GetByteCount(rules.Line(Name, Tags, "0", Type) + Fields);
        var isOrdinary = Values.All(value => value == 0 || Math.Abs(value) is > 1e-6 and < 1e15);
        var longest = shortest - 1 + (!rules.NumbersArePlain ? 26 : isOrdinary ? 60 : 327) + (IsQuantile ? 0 : 26);
        var mayBeNegative = MayStandForLess || Values.Any(value => !(value >= 0));
        return (shortest, IsQuantile && rules.SignedGaugeIsDelta && mayBeNegative ? longest + 1 + shortest : longest);
    }
}

/// <summary>Holds the values that have arrived against what is known of those that should.</summary>
internal static class ValueCheck
{
    /// <summary>Whether a record is for this to judge, and not a line that is known to the character.</summary>
    public static bool IsValue(StatsdRecord record) => record.Type is "d" or "h" or "ms";

    /// <summary>Checks all points that are written as one series: several, if sanitising or want of tags makes their tags the same.</summary>
    /// <returns>Of each point what has become, as far as the values tell.</returns>
    public static IEnumerable<IReadOnlyCollection<string?>> Check(IReadOnlyList<ExpectedValues> points, IReadOnlyList<StatsdRecord> records, Func<StatsdRecord, double> weightOf)
    {
        var values = points.SelectMany(point => point.Values).ToArray();
        var samples = records.Select(record => (Value: record.Number, Weight: (long)Math.Round(weightOf(record)))).ToArray();
        Assert.All(samples, sample => Assert.InRange(sample.Weight, 1, values.Length));
        var total = samples.Sum(sample => sample.Weight);
        Assert.InRange(total, 0, values.Length);
        if (points.All(point => point.AreFinite && point.HasMinMax) && samples.Length > 0)
        {
            Assert.All(samples, sample => Assert.InRange(sample.Value, values.Min(), values.Max()));
        }

        if (points.All(point => point.Outcomes.SequenceEqual([null])))
        {
            Assert.Equal(values.Length, total);
        }
        else if (points.All(point => point.Outcomes.SequenceEqual(["line_too_long"])))
        {
            Assert.Equal(0, total);
        }

        if (points is not [var single])
        {
            return points.Select(point => point.Outcomes);
        }

        if (total < values.Length)
        {
            return [[.. single.Outcomes.Where(outcome => outcome is not null)]];
        }

        Assert.True(single.Outcomes.Contains(null) || single.Outcomes.Contains("invalid_value"), "Something should be missing.");
        if (single.AreFinite && single.HasMinMax)
        {
            Assert.Equal(values.Min(), samples.Min(sample => sample.Value));
            Assert.Equal(values.Max(), samples.Max(sample => sample.Value));
        }

        if (single.AreFinite)
        {
            // A value on a bound may be of either bucket.
            foreach (var (bound, expected) in single.Bounds)
            {
                Assert.True(expected >= samples.Where(sample => sample.Value < bound).Sum(sample => sample.Weight), $"Too many values below {bound}.");
                Assert.True(expected <= samples.Where(sample => sample.Value <= bound).Sum(sample => sample.Weight), $"Too few values below {bound}.");
            }
        }

        return [single.Outcomes.Contains(null) ? [null] : single.Outcomes];
    }

    /// <summary>Checks all quantiles that are written as one series.</summary>
    public static void CheckQuantiles(IReadOnlyList<ExpectedValues> points, IReadOnlyList<StatsdRecord> records)
    {
        Assert.InRange(records.Count, points.Count(point => point.Outcomes.SequenceEqual([null])), points.Count);
        Assert.All(records, record => Assert.True(
            points.Any(point => !point.AreFinite || !point.HasMinMax || (record.Number >= point.Estimates.Lower && record.Number <= point.Estimates.Upper)),
            $"{record.Line} is in none of {string.Join(", ", points.Select(point => point.Estimates))}."));
        Assert.All(records, record => Assert.True(double.IsFinite(double.Parse(record.Value, CultureInfo.InvariantCulture)), record.Line));
    }
}
