using System.Globalization;

namespace Benchmarks.Forms;

/// <summary>Adds up how far readings are from what was recorded, and what they took on the wire.</summary>
/// <remarks>
/// Errors are relative, but for that of the count. A quantile q of n values may be any between the two whose ranks are next to q * (n - 1): receivers
/// choose differently, and what they choose there is no error.
/// </remarks>
internal sealed class FormScore(string form, string receiver, string aggregation, string data, int values)
{
    private readonly List<double> scales = [];
    private readonly List<double> lines = [];
    private readonly List<double> packets = [];
    private readonly List<double> bytes = [];
    private readonly List<double> counts = [];
    private readonly List<double> sums = [];
    private readonly List<double> ends = [];
    private readonly List<double>[] quantiles = [.. FormReading.Asked.Select(_ => new List<double>())];

    public static string CsvHeader { get; } =
        "form,receiver,aggregation,data,values,intervals,coarsest_scale,lines,packets,bytes,count_error,sum_typical,sum_worst,min_max_worst,"
        + string.Join(',', FormReading.Asked.Select(q => $"{NameOf(q)}_typical,{NameOf(q)}_worst"));

    public string Form => $"{form}, {receiver}";

    public string Aggregation => aggregation;

    public int Values => values;

    public double Bytes => bytes.Average();

    public double WorstCount => counts.Max();

    public IEnumerable<(double Typical, double Worst)> Quantiles => quantiles.Select(errors => (Report.Median(errors), errors.Max()));

    /// <summary>What one interval took.</summary>
    public void AddWire(int lineCount, int packetCount, long byteCount)
    {
        lines.Add(lineCount);
        packets.Add(packetCount);
        bytes.Add(byteCount);
    }

    /// <summary>What the packets of one interval took: each line with its line feed.</summary>
    public void AddWire(IReadOnlyList<byte[]> payloads) =>
        AddWire(payloads.Sum(payload => payload.Count((byte)'\n') + 1), payloads.Count, payloads.Sum(payload => payload.Length + 1L));

    /// <summary>The scale of one interval's exponential buckets.</summary>
    public void AddScale(double scale) => scales.Add(scale);

    /// <summary>What a receiver made of one interval.</summary>
    /// <param name="reading">That.</param>
    /// <param name="sorted">What was recorded, ascending.</param>
    public void AddReading(FormReading reading, double[] sorted)
    {
        counts.Add(Math.Abs(reading.Count - sorted.Length));
        sums.Add(Error(reading.Sum, sorted.Sum()));
        ends.Add(Math.Max(Error(reading.Min, sorted[0]), Error(reading.Max, sorted[^1])));
        for (var i = 0; i < quantiles.Length; i++)
        {
            var rank = FormReading.Asked[i] * (sorted.Length - 1);
            var right = Math.Clamp(reading.Quantiles[i], sorted[(int)Math.Floor(rank)], sorted[(int)Math.Ceiling(rank)]);
            quantiles[i].Add(Error(reading.Quantiles[i], right));
        }
    }

    public string ToCsv()
    {
        double[] numbers =
        [
            values, bytes.Count, scales.DefaultIfEmpty(double.NaN).Min(), lines.Average(), packets.Average(), bytes.Average(), counts.Max(), Report.Median(sums), sums.Max(), ends.Max(),
            .. Quantiles.SelectMany(error => new[] { error.Typical, error.Worst }),
        ];
        return $"{form},{receiver},\"{aggregation}\",{data},{string.Join(',', numbers.Select(Text))}";
    }

    private static string Text(double number) => double.IsNaN(number) ? "" : double.IsInteger(number)
        ? number.ToString(CultureInfo.InvariantCulture)
        : number.ToString("G4", CultureInfo.InvariantCulture);

    private static double Error(double actual, double expected) => Math.Abs(actual - expected) / expected;

    private static string NameOf(double quantile) => "p" + (quantile * 100).ToString(CultureInfo.InvariantCulture).Replace(".", "", StringComparison.Ordinal);
}
