namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

/// <summary>Distributions of latencies and the like; the numbers for one seed are always the same.</summary>
internal static class Distribution
{
    public static readonly string[] Names = ["lognormal", "exponential", "bimodal", "pareto", "uniform"];

    public static double[] Sample(string name, int count, int seed = 1)
    {
        var random = new Random(seed);
        Func<double> next = name switch
        {
            "lognormal" => () => 20 * Math.Exp(Normal(random)),
            "exponential" => () => -50 * Math.Log(1 - random.NextDouble()),
            "bimodal" => () => random.NextDouble() < 0.9 ? 2 * Math.Exp(0.15 * Normal(random)) : 900 * Math.Exp(0.1 * Normal(random)),
            "narrow bimodal" => () => (random.NextDouble() < 0.8 ? 2 : 300) * Math.Exp(0.02 * Normal(random)),
            "pareto" => () => Math.Pow(1 - random.NextDouble(), -1 / 1.5),
            "uniform" => () => 1 + (99 * random.NextDouble()),
            _ => throw new ArgumentException(name),
        };
        return [.. Enumerable.Range(0, count).Select(_ => next())];
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
