using System.Globalization;
using TestSupport;

namespace Benchmarks.Forms;

/// <summary>
/// What each form of a histogram costs on the wire and how far a receiver's numbers are from what was recorded: values of known distributions through
/// a provider, exporters and sockets to models of the receivers. And raw values, as clients that do not aggregate send them and as our stream does.
/// </summary>
internal static class FormScores
{
    private const string NotAggregated = "none";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public static void Run(ReadOnlySpan<string> args)
    {
        var isDry = args is ["--dry"];
        var path = args is ["--csv", var file] ? file : null;
        if (!isDry && path is null && args.Length > 0)
        {
            throw new ArgumentException("Usage: forms [--csv <file> | --dry]", nameof(args));
        }

        int[] sizes = isDry ? [100, 1000] : [100, 1000, 10_000, 100_000];
        var intervals = isDry ? 2 : 10;
        var scores = new List<FormScore>();
        foreach (var data in FormData.All)
        {
            foreach (var aggregation in HistogramAggregation.All)
            {
                scores.AddRange(Aggregated(data, aggregation, sizes, intervals));
            }

            foreach (var size in sizes)
            {
                scores.AddRange(Raw(data, size, intervals));
            }
        }

        foreach (var size in sizes)
        {
            scores.AddRange(Streamed(size, isDry ? Interval / 20 : Interval));
        }

        Print(scores);
        if (path is not null)
        {
            File.WriteAllLines(path, scores.Select(score => score.ToCsv()).Prepend(FormScore.CsvHeader));
        }
    }

    private static List<FormScore> Aggregated(FormData data, HistogramAggregation aggregation, int[] sizes, int intervals)
    {
        var all = new List<FormScore>();
        using var provider = new FormProvider(data, aggregation);
        foreach (var size in sizes)
        {
            var scores = FormCase.All.ToDictionary(
                form => form, form => new FormScore($"{form.Form}", $"{form.Profile}", aggregation.Name, data.Name, size));
            for (var interval = 0; interval < intervals; interval++)
            {
                var values = data.Values(size, interval);
                var payloads = provider.Export(values);
                Array.Sort(values);
                foreach (var (form, score) in scores)
                {
                    score.AddScale(provider.Scale);
                    score.AddWire(payloads[form]);
                    score.AddReading(form.Read(form.CreateDecoder().DecodeAll(payloads[form]), aggregation.Bounds(data)), values);
                }
            }

            all.AddRange(scores.Values);
        }

        return all;
    }

    private static FormScore[] Raw(FormData data, int size, int intervals)
    {
        var single = new FormScore("Raw one a line", "DatadogAgent", NotAggregated, data.Name, size);
        var packed = new FormScore("Raw packed", "DatadogAgent", NotAggregated, data.Name, size);
        for (var interval = 0; interval < intervals; interval++)
        {
            var values = data.Values(size, interval);
            var packets = RawLines.Packed(values);
            single.AddWire(RawLines.OnePerLine(values));
            packed.AddWire(packets);
            var reading = Read(packets);
            Array.Sort(values);
            single.AddReading(reading, values);
            packed.AddReading(reading, values);
        }

        return [single, packed];
    }

    private static List<FormScore> Streamed(int size, TimeSpan time)
    {
        var histograms = FormData.All.Select(data => new StreamedHistogram(data, data.Values(size, 0))).ToList();
        StreamedHistogram.RecordEvenly(histograms, time);
        var scores = new List<FormScore>();
        foreach (var histogram in histograms)
        {
            var score = new FormScore("Streamed", "DatadogAgent", NotAggregated, histogram.Data.Name, size);
            var packets = histogram.Finish();
            score.AddWire(packets);
            score.AddReading(Read(packets), [.. histogram.Values.ToArray().Order()]);
            scores.Add(score);
            histogram.Dispose();
        }

        return scores;
    }

    private static FormReading Read(IReadOnlyList<byte[]> packets) =>
        FormReading.OfSketch(new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(packets));

    /// <summary>Over all data: the middle of what is typical, and the worst.</summary>
    private static void Print(List<FormScore> scores)
    {
        Console.WriteLine("| form | aggregation | values | bytes | count | p50 | p95 | p99 | p99.9 |");
        Console.WriteLine("| --- | --- | --: | --: | --: | --: | --: | --: | --: |");
        foreach (var group in scores.GroupBy(score => (score.Form, score.Aggregation, score.Values)))
        {
            var errors = Enumerable.Range(0, FormReading.Asked.Count).Select(i => group.Select(score => score.Quantiles.ElementAt(i)).ToList())
                .Select(all => string.Create(
                    CultureInfo.InvariantCulture, $"{Report.Median(all.Select(error => error.Typical)):P1}, {all.Max(error => error.Worst):P1}"));
            Report.WriteLine(
                $"| {group.Key.Form} | {group.Key.Aggregation} | {group.Key.Values:N0} | {group.Average(score => score.Bytes):N0} | {group.Max(score => score.WorstCount)} | {string.Join(" | ", errors)} |");
        }
    }
}
