using System.Globalization;

namespace Benchmarks;

/// <summary>What the loops that are not BenchmarkDotNet's are told on the command line.</summary>
/// <param name="Series">How many series there are.</param>
/// <param name="Rounds">How many times each contender is measured.</param>
/// <param name="WarmUpRounds">How many times each runs before.</param>
internal sealed record LoopOptions(int Series, int Rounds, int WarmUpRounds)
{
    private const string Usage = "Usage: ratios | sender | emf | scrape [--rivals <assembly>] [--series <number>] [--rounds <number>] [--dry]";

    public static LoopOptions Parse(ReadOnlySpan<string> args)
    {
        var series = 10_000;
        var rounds = 41;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--dry")
            {
                return new LoopOptions(Series: 100, Rounds: 1, WarmUpRounds: 0);
            }

            var isNumber = i + 1 < args.Length
                && int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;
            switch (args[i])
            {
                case "--series" when isNumber:
                    series = int.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                case "--rounds" when isNumber:
                    rounds = int.Parse(args[++i], CultureInfo.InvariantCulture);
                    break;
                default:
                    throw new ArgumentException($"'{args[i]}'? {Usage}", nameof(args));
            }
        }

        // A method is compiled in full after 30 calls, and those that walk an instrument's points are called once an instrument.
        return new LoopOptions(series, rounds, Math.Max(60, 200_000 / series));
    }
}
