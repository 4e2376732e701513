using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Benchmarks.Emf;

/// <summary>
/// One document of ten metrics and three dimensions: ours against a reused <c>Utf8JsonWriter</c>, which writes the same, as is
/// made sure of. All write into memory, in turn and in another order each round.
/// </summary>
/// <remarks>
/// Ours starts at the points of an export, metric by metric: putting those of one set of attributes together is part of it. Left out: reading
/// the SDK's points and finding their series, which <see cref="EmfRatios"/> has, and sending.
/// </remarks>
internal static class DocumentCosts
{
    private const int PassesPerTurn = 20;

    public static void Run(LoopOptions options)
    {
        Run(options, areWhole: true, "whole numbers");
        Run(options, areWhole: false, "numbers of three decimals");
    }

    private static void Run(LoopOptions options, bool areWhole, string values)
    {
        using var data = new DocumentData(areWhole);
        using var ours = new OurDocumentWriter(data);
        var documents = ours.WriteAndRead();
        var timestamp = JsonNode.Parse(documents[0])!["_aws"]!["Timestamp"]!.GetValue<long>();
        using var json = new JsonDocumentWriter(data, timestamp);
        using var encoded = new EncodedJsonDocumentWriter(data, timestamp);
        DocumentWriter[] writers = [json, encoded, ours];
        foreach (var writer in writers)
        {
            RequireSame(writer, documents);
        }

        var order = writers.ToArray();
        var random = new Random(20100);
        for (var round = -options.WarmUpRounds; round < options.Rounds; round++)
        {
            if (round < 0 && round % 10 == 0)
            {
                // The runtime compiles anew, and better, in the background and only after a while without new methods.
                Thread.Sleep(200);
            }

            random.Shuffle(order);
            foreach (var writer in order)
            {
                Measure(writer, isKept: round >= 0);
            }
        }

        Print($"{values}, {documents.Average(Encoding.UTF8.GetByteCount):F0} bytes, {options.Rounds} rounds, {Report.Load()}", writers);
    }

    private static void RequireSame(DocumentWriter writer, string[] documents)
    {
        foreach (var (one, other) in writer.WriteAndRead().Zip(documents))
        {
            if (!JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other)))
            {
                throw new InvalidOperationException($"'{writer.Name}' writes another document:\n{one}\n{other}");
            }
        }
    }

    private static void Measure(DocumentWriter writer, bool isKept)
    {
        const double Documents = PassesPerTurn * DocumentData.Count;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var pass = 0; pass < PassesPerTurn; pass++)
        {
            writer.Write();
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (isKept)
        {
            writer.Times.Add(elapsed.TotalNanoseconds / Documents);
            writer.AllocatedBytes.Add(allocated / Documents);
        }
    }

    private static void Print(string title, DocumentWriter[] writers)
    {
        Console.WriteLine($"\n### A document of 10 metrics and 3 dimensions, {title}\n");
        Console.WriteLine("| writer | ns/document, median | min | p90 | it ÷ `Utf8JsonWriter` | of minima | B/document |");
        Console.WriteLine("| --- | --: | --: | --: | --: | --: | --: |");
        var rival = writers[0].Times;
        foreach (var writer in writers)
        {
            var median = Report.Median(writer.Times);
            Report.WriteLine($"| {writer.Name} | {median:F0} | {writer.Times.Min():F0} | {Report.Quantile(writer.Times, 0.9):F0} | {median / Report.Median(rival):F3} | {writer.Times.Min() / rival.Min():F3} | {Report.Median(writer.AllocatedBytes):F0} |");
        }
    }
}
