using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Parts add up to their histogram, and none contradicts itself: a sum is between the smallest and the largest value, as often as there are values.</summary>
public sealed class HistogramPartsTests
{
    /// <summary>A million values around 50, which add up to 10 more than the values that stand for them, and a single one in the last part.</summary>
    private static readonly WeightedValue[] Values = [new(1, 1), new(49, 400_000), new(51, 600_000), new(100, 1)];

    private static readonly HistogramValue Whole = new(1_000_002, 1 + (49 * 400_000) + (51 * 600_000) + 100 + 10, Min: 1, Max: 100);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_add_up(int length)
    {
        var parts = Parts(length);
        Assert.Equal(1_000_002, parts.Sum(part => part.Count));
        Assert.Equal(50_200_111, parts.Sum(part => part.Sum));
        Assert.Equal((1, 100), (parts[0].Min, parts[^1].Max));
        Assert.All(parts, part => Assert.InRange(part.Sum / part.Count, part.Min, part.Max + 1e-4));
    }

    [Fact]
    public void Part_by_part() => Assert.Equal(
        [new(400_001, 19_600_001, 1, 49), new(600_001, 30_600_110, 51, 100)],
        Parts(2));

    private static List<HistogramValue> Parts(int length)
    {
        var parts = new List<HistogramValue>();
        for (var start = 0; start < Values.Length; start += length)
        {
            parts.Add(HistogramParts.Of(in Whole, Values, start, Math.Min(length, Values.Length - start)));
        }

        return parts;
    }
}
