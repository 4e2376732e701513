using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Numbers of few decimal digits: the multiples of a power of ten.</summary>
/// <remarks>
/// Never changes. Only powers whose inverse or self is a double without rounding are used, so that a multiple is the very double
/// that its decimal digits stand for. Where there is no such power, numbers stay as they are.
/// </remarks>
internal readonly struct DecimalGrid
{
    private readonly double power;
    private readonly bool isFraction;

    /// <summary>The widest grid that is no wider than <paramref name="limit"/>.</summary>
    /// <param name="limit">0 or more. Outside 1e-21 to 1e22 there is none.</param>
    public DecimalGrid(double limit)
    {
        if (limit is not (>= 1e-21 and < 1e22))
        {
            return;
        }

        var exponent = ShortestDecimal.FloorLog10(Math.ILogB(limit));
        if (PowerOfTen(exponent + 1) <= limit)
        {
            exponent++;
        }

        isFraction = exponent < 0;
        power = Exact[Math.Abs(exponent)];
        Unit = isFraction ? 1 / power : power;
    }

    /// <summary>The distance of two neighbours; 0 if numbers stay as they are.</summary>
    public double Unit { get; }

    private static ReadOnlySpan<double> Exact =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The multiple that is nearest to <paramref name="value"/>.</summary>
    public double Round(double value) => power == 0 ? value : isFraction ? Math.Round(value * power) / power : Math.Round(value / power) * power;

    private static double PowerOfTen(int exponent) => exponent < 0 ? 1 / Exact[-exponent] : Exact[exponent];
}
