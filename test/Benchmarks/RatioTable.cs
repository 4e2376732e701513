using System.Globalization;

namespace Benchmarks;

/// <summary>What <see cref="Ratios"/> has measured, per point, and the ratios of medians that the project promises.</summary>
internal sealed class RatioTable(IEnumerable<string> names, int points)
{
    public const string Walk = "walk values and tags";
    public const string Ours = "ours";
    public const string OursUdp = "ours, UDP";
    public const string Naive = "naive";
    public const string NaiveUdp = "naive, UDP";

    private readonly (string Name, List<Pipeline.Cost> Costs)[] rows = [.. names.Select(name => (name, new List<Pipeline.Cost>()))];

    public void Add(int row, Pipeline.Cost cost) => rows[row].Costs.Add(cost);

    public void Print(string title)
    {
        Console.WriteLine($"\n### {title}\n");
        Console.WriteLine("| exporter | export ns/point, median | min | p90 | ÷ walk | collection ns/point, median | export B | collection B |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: |");
        var walk = Quantile(ExportOf(Walk), 0.5);
        foreach (var (name, costs) in rows)
        {
            var export = ExportOf(name);
            var median = Quantile(export, 0.5);
            var exportBytes = Quantile([.. costs.Select(cost => (double)cost.ExportBytes)], 0.5);
            var collectionBytes = Quantile([.. costs.Select(cost => (double)cost.CollectBytes)], 0.5);
            var collection = Quantile(CollectionOf(name), 0.5);
            WriteLine($"| {name} | {median:F1} | {Quantile(export, 0):F1} | {Quantile(export, 0.9):F1} | {median / walk:F2} | {collection:F1} | {exportBytes:F0} | {collectionBytes:F0} |");
        }

        Console.WriteLine();
        WriteLine($"formatting and packing ÷ walking: {Quantile(ExportOf(Ours), 0.5) / walk:F2}");
        WriteLine($"naive ÷ ours, without sending: {Quantile(ExportOf(Naive), 0.5) / Quantile(ExportOf(Ours), 0.5):F1}");
        WriteLine($"naive ÷ ours, whole collection over UDP: {Quantile(CollectionOf(NaiveUdp), 0.5) / Quantile(CollectionOf(OursUdp), 0.5):F1}");
    }

    private static void WriteLine(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static double Quantile(double[] values, double quantile) => values.Order().ElementAt((int)((values.Length - 1) * quantile));

    private double[] ExportOf(string name) => PerPoint(name, cost => cost.Export);

    private double[] CollectionOf(string name) => PerPoint(name, cost => cost.Collect);

    private double[] PerPoint(string name, Func<Pipeline.Cost, TimeSpan> time) =>
        [.. rows.Single(row => row.Name == name).Costs.Select(cost => time(cost).TotalNanoseconds / points)];
}
