using TestSupport;

namespace Benchmarks.Forms;

/// <summary>What a receiver makes of one histogram in one interval. NaN is what it does not know.</summary>
/// <param name="Quantiles">Those of <see cref="Asked"/>.</param>
internal sealed record FormReading(double Count, double Sum, double Min, double Max, double[] Quantiles)
{
    public static IReadOnlyList<double> Asked { get; } = [0.5, 0.95, 0.99, 0.999];

    /// <summary>A Datadog Agent, of a distribution.</summary>
    public static FormReading OfSketch(IReadOnlyList<StatsdRecord> records)
    {
        var sketch = new SketchModel().Insert(records);
        return new(sketch.Count, sketch.Sum, sketch.Min, sketch.Max, [.. Asked.Select(sketch.Quantile)]);
    }

    /// <summary>A receiver that keeps each value with its weight: the Agent of <c>h</c> and <c>ms</c>, Telegraf.</summary>
    public static FormReading OfWeighted(IReadOnlyList<StatsdRecord> records)
    {
        var samples = records.Select(record => (Value: record.Number, Weight: (long)Math.Truncate(1 / record.Rate))).OrderBy(sample => sample.Value).ToArray();
        var count = samples.Sum(sample => sample.Weight);
        return new(
            count, samples.Sum(sample => sample.Value * sample.Weight), samples[0].Value, samples[^1].Value, [.. Asked.Select(Quantile)]);

        double Quantile(double q)
        {
            var rank = SketchModel.Rank(q, count);
            foreach (var (value, weight) in samples)
            {
                rank -= weight;
                if (rank < 0)
                {
                    return value;
                }
            }

            return samples[^1].Value;
        }
    }

    /// <summary>
    /// The original StatsD daemon: the count is scaled by rates, everything else is of the values as they came. The sum is taken to be its mean
    /// times its count.
    /// </summary>
    public static FormReading OfDaemon(IReadOnlyList<StatsdRecord> records)
    {
        var values = records.Select(record => record.Number).Order().ToArray();
        var count = records.Sum(record => 1 / record.Rate);
        return new(count, values.Average() * count, values[0], values[^1], [.. Asked.Select(q => values[Math.Max(0, (int)Math.Floor((q * values.Length) + 0.5) - 1)])]);
    }

    /// <summary>Telegraf: the gauges as they are, while a counter's fraction is cut off.</summary>
    public static FormReading OfSummary(IReadOnlyList<StatsdRecord> records)
    {
        var numbers = records.ToDictionary(record => record.Name[(record.Name.LastIndexOf('.') + 1)..], record => record.Number);
        return new(numbers["count"], Math.Truncate(numbers["sum"]), numbers["min"], numbers["max"], [numbers["p50"], numbers["p95"], numbers["p99"], numbers["p999"]]);
    }

    /// <summary>A query that interpolates in a bucket, and knows the smallest and the largest value.</summary>
    /// <param name="records">Of the form Buckets.</param>
    /// <param name="bounds">All bounds; of powers of two <see langword="null"/>.</param>
    public static FormReading OfBuckets(IReadOnlyList<StatsdRecord> records, double[]? bounds)
    {
        var numbers = records.Where(record => !record.Name.EndsWith(".bucket", StringComparison.Ordinal))
            .ToDictionary(record => record.Name[(record.Name.LastIndexOf('.') + 1)..], record => record.Number);
        var (count, min, max) = (numbers["count"], numbers["min"], numbers["max"]);
        var buckets = records.Where(record => record.Name.EndsWith(".bucket", StringComparison.Ordinal))
            .Select(record => (Upper: Upper(record.Tags["upper_bound"]), Count: record.Number))
            .Select(bucket => (Lower: Math.Clamp(Lower(bucket.Upper), min, max), Upper: Math.Clamp(bucket.Upper, min, max), bucket.Count))
            .OrderBy(bucket => bucket.Upper)
            .ToArray();
        return new(count, numbers["sum"], min, max, [.. Asked.Select(Quantile)]);

        static double Upper(string text) =>
            text == "inf" ? double.PositiveInfinity : double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

        double Lower(double upper) => bounds is null ? upper / 2 : bounds.LastOrDefault(bound => bound < upper, double.NegativeInfinity);

        double Quantile(double q)
        {
            var rank = q * count;
            foreach (var bucket in buckets)
            {
                if (rank <= bucket.Count)
                {
                    return bucket.Lower + ((bucket.Upper - bucket.Lower) * rank / bucket.Count);
                }

                rank -= bucket.Count;
            }

            return max;
        }
    }
}
