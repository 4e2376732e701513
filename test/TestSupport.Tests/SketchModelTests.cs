namespace TestSupport.Tests;

public sealed class SketchModelTests
{
    [Fact]
    public void A_weight_is_cut_off_and_the_sum_is_not()
    {
        var sketch = new SketchModel();
        sketch.Insert(10, 0.3);
        sketch.Insert(4);
        Assert.Equal(4, sketch.Count);
        Assert.Equal(37.333, sketch.Sum, 1e-3);
        Assert.Equal((4, 10), (sketch.Min, sketch.Max));
    }

    [Fact]
    public void A_rate_that_is_rounded_up_loses_a_value()
    {
        var sketch = new SketchModel();
        sketch.Insert(1, 1.0 / 93);
        Assert.Equal(92, sketch.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Quantiles_are_within_half_a_bin(int sign)
    {
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, 10_000).Select(_ => sign * 1e-9 * Math.Pow(10, 15 * random.NextDouble()))];
        var sketch = new SketchModel();
        foreach (var value in values)
        {
            sketch.Insert(value);
        }

        Array.Sort(values);
        foreach (var q in new[] { 0, 0.001, 0.1, 0.5, 0.9, 0.999, 1 })
        {
            Assert.Equal(1, sketch.Quantile(q) / values[SketchModel.Rank(q, values.Length)], 0.0079);
        }

        Assert.Equal((values[0], values[^1]), (sketch.Quantile(0), sketch.Quantile(1)));
    }

    [Fact]
    public void Values_nearer_to_zero_than_the_least_magnitude_are_zero()
    {
        var sketch = new SketchModel();
        sketch.Insert(-1);
        sketch.Insert(9e-10, 0.25);
        sketch.Insert(-9e-10, 0.25);
        sketch.Insert(1);
        Assert.Equal(0, sketch.Quantile(0.5));
        Assert.Equal(10, sketch.Count);
    }
}
