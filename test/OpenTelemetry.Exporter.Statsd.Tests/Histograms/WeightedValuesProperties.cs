using System.Globalization;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Statsd;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

/// <summary>What holds of weighted values whatever was recorded, by what the SDK says of its buckets.</summary>
public sealed class WeightedValuesProperties
{
    private readonly WeightedValues weighted = new();

    [Fact]
    public void Powers_of_two_stand_for_the_histogram()
    {
        var inputs =
            from input in HistogramCase.Any
            from lineBytes in Gen.Choose(0, 300)
            select (input, lineBytes);
        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var recorded = input.input.Record();
            var values = weighted.PowersOfTwo(recorded.Ranges, input.lineBytes).ToArray();
            Assert.All(values, value => Assert.True(BitOperations.IsPow2(value.Weight), $"{value.Weight}"));
            Assert.Equal(values.OrderByDescending(value => value.Weight).Select(value => value.Weight), values.Select(value => value.Weight));
            AssertStandsFor(recorded, values);
            AssertFillsBuckets(recorded, values, recorded.Scale is null ? 0 : 1.0 / 32);
        }).Check(RandomCases.Of(500));
    }

    [Fact]
    public void Even_parts_stand_for_the_histogram() => Prop.ForAll(HistogramCase.Any.ToArbitrary(), input =>
    {
        var recorded = input.Record();
        var values = weighted.EvenParts(recorded.Ranges).ToArray();
        AssertStandsFor(recorded, values);
        AssertFillsBuckets(recorded, values);
        var most = recorded.Scale is not null ? 3 : 31;
        Assert.InRange(values.Length, 0, (Math.Max(recorded.Buckets.Count, 1) * most) + 2);
        Assert.All(values.SkipWhile(value => value.Weight > 1), value => Assert.InRange(value.Weight, 1, 15));
    }).Check(RandomCases.Of(500));

    [Fact]
    public void Values_of_buckets_stand_for_the_histogram() => Prop.ForAll(HistogramCase.Any.ToArbitrary(), input =>
    {
        var recorded = input.Record();
        var values = weighted.OfBuckets(recorded.Ranges).ToArray();
        var ends = recorded.Ranges.HasMinMax ? 2 : 0;
        var most = recorded.Scale is not null ? recorded.Buckets.Count : Math.Max(recorded.Buckets.Count, 1) * 16;
        Assert.InRange(values.Length, 0, most + ends);
        AssertStandsFor(recorded, values);
        AssertFillsBuckets(recorded, values);
        AssertEndsAreOutside(recorded, values);
    }).Check(RandomCases.Of(500));

    [Fact]
    public void Values_of_like_weights_stand_for_the_histogram()
    {
        var inputs =
            from input in HistogramCase.Any
            from maxValues in Gen.Frequency((1, Gen.Choose(3, 10)), (3, Gen.Choose(11, 300)))
            select (input, maxValues);
        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var recorded = input.input.Record();
            var values = weighted.Alike(recorded.Ranges, input.maxValues).ToArray();
            var most = (int)Math.Min(recorded.Ranges.Count, input.maxValues);
            Assert.InRange(values.Length, most <= 20 ? Math.Min(most, 1) : most * 3 / 4, most);
            var ends = recorded.Ranges.HasMinMax ? 1 : 0;
            long[] between = [.. values.Skip(ends).SkipLast(ends).Select(value => value.Weight)];
            if (between.Length > 0)
            {
                Assert.InRange(between.Max() - between.Min(), 0, 1);
            }

            AssertStandsFor(recorded, values);
            AssertEndsAreOutside(recorded, values);
        }).Check(RandomCases.Of(500));
    }

    /// <summary>As the StatsD daemon counts, which does not cut 1 / rate off.</summary>
    [Fact]
    public void Rates_of_like_weights_add_up_to_the_count_exactly()
    {
        var random = new Random(49);
        IEnumerable<long> counts = [.. Enumerable.Range(1, 100_000).Select(count => (long)count), .. Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(1L << random.Next(17, 53)))];
        var text = new byte[SampleRate.MaxBytes];
        var ranges = new HistogramRanges();
        foreach (var count in counts.Where(count => count > 0))
        {
            ranges.Begin(isExponential: false, double.NaN, 0, 100);
            ranges.Add(0, 100, count);
            var values = weighted.Alike(ranges, 100);
            Assert.InRange(values.Length, Math.Min(count, 75), Math.Min(count, 100));
            var (sum, weight, term) = (0.0, 1L, 1.0);
            foreach (var value in values)
            {
                if (value.Weight != weight)
                {
                    weight = value.Weight;
                    Assert.True(SampleRate.TryWrite(text, weight, out var written));
                    term = written == 0 ? 1 : 1 / double.Parse(text.AsSpan(2, written - 2), CultureInfo.InvariantCulture);
                }

                sum += term;
            }

            Assert.Equal(count, sum);
        }
    }

    /// <summary>Counts that no test could record, and any sum that they can have.</summary>
    [Fact]
    public void Weights_of_any_size_add_up_to_the_count_and_the_sum()
    {
        var inputs =
            from isExponential in Gen.Elements(true, false)
            from counts in Gen.Choose(0, 55).SelectMany(bits => Gen.Choose(1, int.MaxValue).Select(low => Math.Max(1, (low * 0x1_0000_0001L) >> (62 - bits)))).NonEmptyListOf()
            from sumShare in Gen.Choose(0, 100)
            from hasEnds in Gen.Elements(true, false)
            select (isExponential, counts: counts.Take(40).ToArray(), sumShare / 100.0, hasEnds);
        Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            var (isExponential, counts, sumShare, hasEnds) = input;
            var known = counts.Select((count, i) => new KnownRange(Math.Pow(1.5, i), Math.Pow(1.5, i + 1), count)).ToArray();
            var (min, max) = hasEnds ? (known[0].Lower, known[^1].Upper) : (double.NegativeInfinity, double.PositiveInfinity);
            var least = known.Sum(range => range.Lower * range.Count) + (hasEnds ? max - known[^1].Lower : 0);
            var most = known.Sum(range => range.Upper * range.Count) - (hasEnds ? known[0].Upper - min : 0);
            var sum = Math.Max(least, least + (sumShare * (most - least)));
            var ranges = new HistogramRanges();
            ranges.Begin(isExponential, sum, min, max);
            foreach (var range in known)
            {
                ranges.Add(range.Lower, range.Upper, range.Count);
            }

            foreach (var values in new[] { weighted.PowersOfTwo(ranges).ToArray(), weighted.Shortest(ranges, 50).ToArray(), weighted.EvenParts(ranges).ToArray(), weighted.OfBuckets(ranges).ToArray() })
            {
                Assert.Equal(counts.Sum(), values.Sum(value => value.Weight));
                Assert.InRange(values.Length, 1, (counts.Length * 400) + 1000);
                Assert.All(values, value => Assert.Contains(known, range => range.Holds(value.Value)));
                var largest = Math.Max(WeightedValues.LargestWeight, counts.Max() / 128);
                Assert.All(values, value => Assert.InRange(value.Weight, 1, largest));
                if (counts.Sum() > 2 || !hasEnds)
                {
                    Assert.Equal(1, values.Sum(value => value.Value * value.Weight) / sum, 1e-3);
                }
            }
        }).Check(RandomCases.Of(1000));
    }

    private static void AssertStandsFor(RecordedHistogram recorded, WeightedValue[] values)
    {
        var known = KnownRange.Of(recorded);
        Assert.Equal(known.Sum(range => range.Count), values.Sum(value => value.Weight));
        foreach (var (value, weight) in values)
        {
            Assert.True(double.IsFinite(value) && weight >= 1, $"{value} * {weight}");
            Assert.True(known.Exists(range => range.Holds(value)), $"{value} is in none of {string.Join(", ", known)}.");
        }

        if (recorded.MinMax is var (min, max) && double.IsFinite(min) && double.IsFinite(max))
        {
            Assert.All(values, value => Assert.InRange(value.Value, min, max));
            Assert.Contains(new WeightedValue(min, 1), values);
            Assert.Contains(new WeightedValue(max, 1), values);
        }

        var sum = values.Sum(value => value.Value * value.Weight);
        var noise = (1e-9 * values.Sum(value => Math.Abs(value.Value) * value.Weight))
            + (1e-15 * known.Sum(range => Math.Max(Math.Abs(range.Lower), Math.Abs(range.Upper)) * range.Count));
        if (double.IsFinite(recorded.Sum) && double.IsFinite(noise) && Math.Abs(sum - recorded.Sum) > (0.001 * Math.Abs(recorded.Sum)) + noise)
        {
            // Then the ranges allow no more, or less than the values are rounded by.
            var ends = recorded.MinMax is var (least, most) ? new[] { least, most } : [];
            var rises = sum < recorded.Sum;
            foreach (var (value, weight) in values.Where(value => !ends.Contains(value.Value)))
            {
                // A value at a bound may be of either range: then it is where it has to be in one of them.
                var range = known.Where(range => range.Holds(value)).MinBy(range => rises ? range.Upper : -range.Lower);
                sum += weight * ((rises ? range.Upper : range.Lower) - value);
                noise += weight * Grain(range);
            }

            var allowed = recorded.Sum + ((rises ? 1 : -1) * ((0.001 * Math.Abs(recorded.Sum)) + noise));
            Assert.True(rises ? sum <= allowed : sum >= allowed, $"The sum could be {sum}, nearer to {recorded.Sum}.");
        }
    }

    /// <summary>At each bound there are as many values below as the buckets below hold, those at the bound being of either side.</summary>
    /// <param name="recorded">The histogram.</param>
    /// <param name="values">All of its values.</param>
    /// <param name="slack">By which part of a bucket a value at its bound may be beside it.</param>
    private static void AssertFillsBuckets(RecordedHistogram recorded, WeightedValue[] values, double slack = 0)
    {
        var below = 0L;
        foreach (var range in KnownRange.Of(recorded))
        {
            var beside = slack * (range.Upper - range.Lower);
            Assert.InRange(below, values.Where(value => value.Value < range.LowerLimit - beside).Sum(value => value.Weight), long.MaxValue);
            below += range.Count;
            Assert.InRange(below, 0, values.Where(value => value.Value <= range.UpperLimit + beside).Sum(value => value.Weight));
        }
    }

    private static void AssertEndsAreOutside(RecordedHistogram recorded, WeightedValue[] values)
    {
        if (recorded.Ranges.HasMinMax)
        {
            Assert.Equal(new WeightedValue(recorded.MinMax!.Value.Min + 0.0, 1), values[0]);
            Assert.Equal(new WeightedValue(recorded.MinMax!.Value.Max + 0.0, 1), values[^1]);
        }
    }

    /// <summary>How far values are rounded.</summary>
    private static double Grain(KnownRange range) =>
        Math.Max((range.Upper - range.Lower) / 32, 1e-3 * Math.Max(Math.Abs(range.Upper), Math.Abs(range.Lower))) + (4 * double.Epsilon);
}
