using System.Text;
using OpenTelemetry.Exporter.Statsd.Metrics;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Text;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Histograms;

/// <summary>Lines of a series whose name and tags are 150 bytes, and what a receiver reads from them.</summary>
internal static class DistributionLines
{
    private static readonly string Name = new('n', 40);
    private static readonly string Tags = "|#key:" + new string('t', 150 - 40 - 6);

    /// <summary>One line for each weight.</summary>
    public static List<string> Packed(ReadOnlySpan<WeightedValue> values)
    {
        var lines = new List<string>();
        for (var i = 0; i < values.Length;)
        {
            var line = new StringBuilder(Name);
            var weight = values[i].Weight;
            for (; i < values.Length && values[i].Weight == weight; i++)
            {
                line.Append(':').Append(Text(values[i].Value));
            }

            lines.Add(line.Append("|d").Append(Rate(weight)).Append(Tags).ToString());
        }

        return lines;
    }

    /// <summary>One line for each value.</summary>
    public static List<string> Single(ReadOnlySpan<WeightedValue> values)
    {
        var lines = new List<string>();
        foreach (var (value, weight) in values)
        {
            lines.Add($"{Name}:{Text(value)}|d{Rate(weight)}{Tags}");
        }

        return lines;
    }

    public static int Bytes(List<string> lines) => lines.Sum(line => line.Length + 1);

    public static SketchModel Receive(List<string> lines) =>
        new SketchModel().Insert(new StatsdDecoder(TestSupport.TagDialect.DogStatsd).DecodeAll(lines.Select(Encoding.ASCII.GetBytes)));

    private static string Text(double value)
    {
        var text = new byte[Utf8Number.MaxDoubleBytes];
        Assert.True(Utf8Number.TryWrite(text, value, out var written));
        return Encoding.ASCII.GetString(text, 0, written);
    }

    private static string Rate(long weight)
    {
        var text = new byte[SampleRate.MaxBytes];
        Assert.True(SampleRate.TryWrite(text, weight, out var written));
        return Encoding.ASCII.GetString(text, 0, written);
    }
}
