using OpenTelemetry.Metrics;

namespace Benchmarks.Forms;

/// <summary>Times in milliseconds of a known distribution, to the 100 ns that a clock of .NET tells; the same in every run.</summary>
/// <param name="Name">What the distribution is called.</param>
/// <param name="ChosenBounds">Boundaries of someone who knows the data: 15 to 20, from the lowest thousandth to the highest.</param>
/// <param name="Draw">One value; above 0.</param>
internal sealed record FormData(string Name, double[] ChosenBounds, Func<Random, double> Draw)
{
    private const double Tick = 1e-4;

    public static IReadOnlyList<FormData> All { get; } =
    [
        new("lognormal", BucketBoundaries.Exponential(2, 1.6, 15), random => 50 * Math.Exp(Normal(random))),
        new("exponential", BucketBoundaries.Exponential(0.5, 1.7, 15), random => -100 * Math.Log(1 - random.NextDouble())),
        new(
            "bimodal",
            [.. BucketBoundaries.Exponential(1, 1.25, 8), .. BucketBoundaries.Exponential(400, 1.2, 9)],
            random => random.NextDouble() < 0.8 ? 2 * Math.Exp(0.2 * Normal(random)) : 900 * Math.Exp(0.2 * Normal(random))),
        new("Pareto", BucketBoundaries.Exponential(1, 1.4, 15), random => Math.Pow(1 - random.NextDouble(), -1 / 1.5)),
        new("uniform", BucketBoundaries.Linear(50, 50, 20), random => 1000 * random.NextDouble()),
    ];

    /// <summary>Draws the values of one interval.</summary>
    public double[] Values(int count, int interval)
    {
        var random = new Random((count * 31) + interval);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Max(1, Math.Round(Draw(random) / Tick)) / (1 / Tick))];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
