namespace Benchmarks;

/// <summary>What <see cref="Ratios"/> has measured, per point, and the ratios of medians that the project promises.</summary>
internal sealed class RatioTable(IEnumerable<string> names, int points)
{
    public const string Walk = "walk values and tags";
    public const string Ours = "ours";
    public const string OursOffload = "ours, UDP with offload";
    public const string OursBurst = "ours, UDP with offload, 16 packets a call";
    public const string OursUdp = "ours, UDP without";
    public const string OursDatagram = "ours, Unix datagram";
    public const string OursStream = "ours, Unix stream";
    public const string OursTcp = "ours, TCP";
    public const string Naive = "naive";
    public const string NaiveUdp = "naive, UDP";
    public const string NaiveDatagram = "naive, Unix datagram";

    private readonly (string Name, List<Pipeline.Cost> Costs)[] rows = [.. names.Select(name => (name, new List<Pipeline.Cost>()))];

    public void Add(int row, Pipeline.Cost cost) => rows[row].Costs.Add(cost);

    public void Print(string title)
    {
        Console.WriteLine($"\n### {title}\n");
        Console.WriteLine("| exporter | export ns/point, median | min | p90 | ÷ walk | collection ns/point, median | min | naive, UDP ÷ it | export B | collection B |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
        var walk = Report.Median(ExportOf(Walk));
        var rival = Report.Median(CollectionOf(NaiveUdp));
        foreach (var (name, costs) in rows)
        {
            var export = ExportOf(name);
            var median = Report.Median(export);
            var collection = CollectionOf(name);
            var whole = Report.Median(collection);
            var exportBytes = Report.Median(costs.Select(cost => (double)cost.ExportBytes));
            var collectionBytes = Report.Median(costs.Select(cost => (double)cost.CollectBytes));
            Report.WriteLine($"| {name} | {median:F1} | {export.Min():F1} | {Report.Quantile(export, 0.9):F1} | {median / walk:F2} | {whole:F1} | {collection.Min():F1} | {rival / whole:F1} | {exportBytes:F0} | {collectionBytes:F0} |");
        }

        Console.WriteLine();
        Report.WriteLine($"formatting and packing ÷ walking: {Report.Median(ExportOf(Ours)) / walk:F2}");
        Report.WriteLine($"naive ÷ ours, without sending: {Report.Median(ExportOf(Naive)) / Report.Median(ExportOf(Ours)):F1}");
        foreach (var name in (string[])[OursOffload, OursBurst, OursUdp, OursDatagram, OursStream, OursTcp])
        {
            Report.WriteLine($"naive over UDP ÷ {name}, whole collection: {rival / Report.Median(CollectionOf(name)):F1}");
        }

        Report.WriteLine($"naive over a Unix datagram socket ÷ ours, whole collection: {Report.Median(CollectionOf(NaiveDatagram)) / Report.Median(CollectionOf(OursDatagram)):F1}");
    }

    private double[] ExportOf(string name) => PerPoint(name, cost => cost.Export);

    private double[] CollectionOf(string name) => PerPoint(name, cost => cost.Collect);

    private double[] PerPoint(string name, Func<Pipeline.Cost, TimeSpan> time) =>
        [.. rows.Single(row => row.Name == name).Costs.Select(cost => time(cost).TotalNanoseconds / points)];
}
