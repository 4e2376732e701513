using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>A sample as read back.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>Name and labels with a value, in order: what makes a series to Prometheus.</summary>
    public string Series => Name + Key(Labels);

    public static string Key(IEnumerable<KeyValuePair<string, string>> labels) => string.Concat(labels
        .Where(label => label.Value.Length > 0)
        .OrderBy(label => label.Key, StringComparer.Ordinal)
        .Select(label => $"\u0001{label.Key}\u0002{label.Value}"));
}

/// <summary>A family as read back.</summary>
internal sealed record Family(string Name, string Type, string Help, List<Sample> Samples);

/// <summary>
/// Reads text format 0.0.4 from its documentation, refusing whatever that does not allow or what a producer has no reason to
/// write: anything but HELP, TYPE and samples, in this order; a family or a series twice; inconsistent histograms; timestamps.
/// </summary>
internal static partial class TextParser
{
    public static List<Family> Parse(ReadOnlySpan<byte> body)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        var families = new List<Family>();
        if (text.Length == 0)
        {
            return families;
        }

        Check(text[^1] == '\n', "no final line feed", text);
        var lines = text[..^1].Split('\n');
        for (var index = 0; index < lines.Length;)
        {
            var help = Metadata(lines[index++], "# HELP ");
            Check(index < lines.Length, "HELP without TYPE", lines[^1]);
            var type = Metadata(lines[index++], "# TYPE ");
            Check(help.Name == type.Name, "HELP and TYPE differ in name", lines[index - 1]);
            Check(type.Text is "counter" or "gauge" or "histogram", "unknown type", lines[index - 1]);
            var family = new Family(help.Name, type.Text, Unescape(help.Text, allowQuote: false), []);
            while (index < lines.Length && !lines[index].StartsWith('#'))
            {
                family.Samples.Add(ParseSample(lines[index++]));
            }

            CheckFamily(family);
            families.Add(family);
        }

        CheckUnique(families.Select(family => family.Name), "a family twice");
        CheckUnique(families.SelectMany(SampleNames), "a sample name in two families");
        CheckUnique(families.SelectMany(family => family.Samples).Select(sample => sample.Series), "a series twice");
        return families;
    }

    private static (string Name, string Text) Metadata(string line, string prefix)
    {
        Check(line.StartsWith(prefix, StringComparison.Ordinal), $"not a line of '{prefix}'", line);
        var space = line.IndexOf(' ', prefix.Length);
        Check(space > 0, "no text", line);
        var name = line[prefix.Length..space];
        Check(MetricName().IsMatch(name), "illegal family name", line);
        return (name, line[(space + 1)..]);
    }

    private static Sample ParseSample(string line)
    {
        var name = LeadingName().Match(line).Value;
        Check(MetricName().IsMatch(name), "illegal sample name", line);
        var position = name.Length;
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (line[position] == '{')
        {
            do
            {
                position++;
                var match = LabelName().Match(line, position);
                Check(match.Success && match.Index == position, "illegal label name", line);
                Check(!match.Value.StartsWith("__", StringComparison.Ordinal), "reserved label name", line);
                position += match.Length;
                Check(line.AsSpan(position).StartsWith("=\""), "no label value", line);
                position += 2;
                var end = position;
                while (line[end] != '"')
                {
                    end += line[end] == '\\' ? 2 : 1;
                }

                Check(labels.TryAdd(match.Value, Unescape(line[position..end], allowQuote: true)), "a label twice", line);
                position = end + 1;
            }
            while (line[position] == ',');
            Check(line[position] == '}', "labels do not end", line);
            position++;
        }

        Check(line[position] == ' ', "no space before the value", line);
        return new Sample(name, labels, Value(line[(position + 1)..], line));
    }

    private static double Value(string text, string line)
    {
        switch (text)
        {
            case "NaN":
                return double.NaN;
            case "+Inf":
                return double.PositiveInfinity;
            case "-Inf":
                return double.NegativeInfinity;
            default:
                Check(Number().IsMatch(text), "not a number, or a timestamp", line);
                return double.Parse(text, CultureInfo.InvariantCulture);
        }
    }

    private static string Unescape(string text, bool allowQuote)
    {
        var result = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                result.Append(text[index]);
                continue;
            }

            Check(index + 1 < text.Length, "an escape at the end", text);
            result.Append(text[++index] switch
            {
                '\\' => '\\',
                'n' => '\n',
                '"' when allowQuote => '"',
                _ => throw new FormatException($"unknown escape in: {text}"),
            });
        }

        return result.ToString();
    }

    private static void CheckFamily(Family family)
    {
        Check(family.Samples.Count > 0, "no sample", family.Name);
        Check(family.Help.Length > 0, "no help", family.Name);
        var names = SampleNames(family).ToList();
        foreach (var sample in family.Samples)
        {
            Check(names.Contains(sample.Name), "a sample of another family", $"{family.Name}: {sample.Name}");
            Check(family.Type == "histogram" || sample.Name == family.Name, "a sample of another family", sample.Name);
        }

        if (family.Type == "histogram")
        {
            foreach (var point in family.Samples.GroupBy(sample => Sample.Key(sample.Labels.Where(label => label.Key != "le"))))
            {
                CheckHistogram([.. point], family.Name);
            }
        }
    }

    private static void CheckHistogram(List<Sample> samples, string name)
    {
        var buckets = samples.Where(sample => sample.Name == name + "_bucket").ToList();
        var bounds = buckets.Select(bucket => Value(bucket.Labels["le"], name)).ToList();
        Check(bounds.SequenceEqual(bounds.Distinct().Order()), "bounds that do not rise", name);
        Check(bounds.Count > 0 && double.IsPositiveInfinity(bounds[^1]), "no bucket +Inf", name);
        var counts = buckets.Select(bucket => bucket.Value).ToList();
        Check(counts.SequenceEqual(counts.Order()), "counts that fall", name);
        Check(samples.Single(sample => sample.Name == name + "_count").Value == counts[^1], "_count is not +Inf", name);
        Check(samples.Count(sample => sample.Name == name + "_sum") == 1, "no _sum", name);
    }

    private static IEnumerable<string> SampleNames(Family family) => family.Type == "histogram"
        ? [family.Name, family.Name + "_bucket", family.Name + "_sum", family.Name + "_count"]
        : [family.Name];

    private static void CheckUnique(IEnumerable<string> values, string problem)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            Check(seen.Add(value), problem, value);
        }
    }

    private static void Check(bool condition, string problem, string where)
    {
        if (!condition)
        {
            throw new FormatException($"{problem}: {where}");
        }
    }

    [GeneratedRegex(@"^[a-zA-Z_:][a-zA-Z0-9_:]*\z")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"^[^{ ]*")]
    private static partial Regex LeadingName();

    [GeneratedRegex(@"[a-zA-Z_][a-zA-Z0-9_]*")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex Number();
}
