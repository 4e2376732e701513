namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>
/// The bounds of exponential buckets one after the other: 2^(index / 2^scale), as far as a finite double above 0 can be that.
/// </summary>
/// <remarks>
/// See the OpenTelemetry metrics data model, section "ExponentialHistogram". One power is computed, the rest are products, which
/// begin anew at each power of two: 1000 steps are wrong by less than 1e-12.
/// </remarks>
internal struct ExponentialBounds
{
    private readonly long steps;
    private readonly int stepExponent;
    private readonly double factor;
    private long step;
    private long exponent;
    private double fraction;

    /// <summary>Begins with the bound at <paramref name="index"/>: the lower one of the bucket of that index.</summary>
    public ExponentialBounds(int scale, int index)
    {
        if (scale > 0)
        {
            steps = 1L << scale;
            stepExponent = 1;
            factor = Math.Pow(2, 1.0 / steps);
            step = index & (steps - 1);
            exponent = index >> scale;
            fraction = Math.Pow(2, (double)step / steps);
        }
        else
        {
            steps = 1;
            stepExponent = 1 << -scale;
            factor = 1;
            exponent = (long)index << -scale;
            fraction = 1;
        }
    }

    public readonly double Current =>
        Math.Clamp(Math.ScaleB(fraction, (int)Math.Clamp(exponent, -2000, 2000)), double.Epsilon, double.MaxValue);

    public void MoveNext()
    {
        fraction *= factor;
        step++;
        if (step == steps)
        {
            step = 0;
            fraction = 1;
            exponent += stepExponent;
        }
    }
}
