using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Parsing;

/// <summary>Takes one line of a text format apart, from left to right. What is not as expected is a <see cref="FormatException"/>.</summary>
/// <param name="line">The line, without its end.</param>
/// <param name="allowUtf8">Whether names of any characters may stand in quotes. Others never do: nothing gives them a reason to.</param>
internal sealed partial class LineReader(string line, bool allowUtf8)
{
    private int position;

    /// <summary>Whether a name of a metric may stand without quotes.</summary>
    public static bool IsMetricName(string name) => name.Length > 0 && MetricName().Match(name).Length == name.Length;

    /// <summary>Whether a name of a label may stand without quotes.</summary>
    public static bool IsLabelName(string name) => name.Length > 0 && LabelName().Match(name).Length == name.Length;

    public bool TryRead(string text)
    {
        if (!line.AsSpan(position).StartsWith(text, StringComparison.Ordinal))
        {
            return false;
        }

        position += text.Length;
        return true;
    }

    public void Expect(string text) => Check(TryRead(text), $"'{text}' expected");

    public void ExpectEnd() => Check(position == line.Length, "something follows");

    public void Check([DoesNotReturnIf(false)] bool condition, string problem)
    {
        if (!condition)
        {
            throw new FormatException($"{problem}, at {position} of: {line}");
        }
    }

    /// <summary>What is left.</summary>
    public string ReadRest() => Take(line.Length - position);

    /// <summary>Up to the next space, or the end.</summary>
    public string ReadWord()
    {
        var space = line.IndexOf(' ', position);
        var word = Take((space < 0 ? line.Length : space) - position);
        Check(word.Length > 0, "nothing between spaces");
        return word;
    }

    /// <summary>The name of a family, in metadata.</summary>
    public string ReadFamilyName() => TryRead("\"") ? ReadQuotedName(MetricName()) : ReadBareName(MetricName());

    /// <summary>The name and labels of a sample.</summary>
    public (string Name, IReadOnlyDictionary<string, string> Labels) ReadSeries()
    {
        if (TryRead("{\""))
        {
            var name = ReadQuotedName(MetricName());
            return (name, TryRead("}") ? new Dictionary<string, string>() : ReadLabelsAfter(","));
        }

        return (ReadBareName(MetricName()), line.AsSpan(position).StartsWith("{") ? ReadLabelsAfter("{") : new Dictionary<string, string>());
    }

    /// <summary>The labels of an exemplar, of which there may be none.</summary>
    public IReadOnlyDictionary<string, string> ReadExemplarLabels() => TryRead("{}") ? new Dictionary<string, string>() : ReadLabelsAfter("{");

    /// <summary>A text in which line feeds, backslashes and, where <paramref name="isQuoted"/>, quotes are escaped, and nothing else is.</summary>
    public string Unescape(string text, bool isQuoted)
    {
        var result = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                Check(!isQuoted || text[index] != '"', "a quote that is not escaped");
                result.Append(text[index]);
                continue;
            }

            Check(++index < text.Length, "an escape at the end");
            Check(text[index] is '\\' or 'n' || (isQuoted && text[index] == '"'), "unknown escape");
            result.Append(text[index] == 'n' ? '\n' : text[index]);
        }

        return result.ToString();
    }

    private Dictionary<string, string> ReadLabelsAfter(string start)
    {
        Expect(start);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        do
        {
            var name = TryRead("\"") ? ReadQuotedName(LabelName()) : ReadBareName(LabelName());
            Check(!name.StartsWith("__", StringComparison.Ordinal), "reserved label name");
            Expect("=\"");
            Check(labels.TryAdd(name, ReadQuoted()), "a label twice");
        }
        while (TryRead(","));
        Expect("}");
        return labels;
    }

    private string ReadBareName(Regex legal)
    {
        var match = legal.Match(line, position, line.Length - position);
        Check(match.Success, "illegal name");
        return Take(match.Length);
    }

    private string ReadQuotedName(Regex legal)
    {
        Check(allowUtf8, "a name in quotes");
        var name = ReadQuoted();
        Check(name.Length > 0, "an empty name");
        Check(legal.Match(name).Length < name.Length, "a name in quotes that needs none");
        return name;
    }

    /// <summary>What is left of a quoted text whose opening quote is read.</summary>
    private string ReadQuoted()
    {
        var end = position;
        while (end < line.Length && line[end] != '"')
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        Check(end < line.Length, "quotes that do not end");
        var text = Unescape(Take(end - position), isQuoted: true);
        position++;
        return text;
    }

    private string Take(int length)
    {
        var text = line.Substring(position, length);
        position += length;
        return text;
    }

    [GeneratedRegex(@"\G[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\G[a-zA-Z_][a-zA-Z0-9_]*")]
    private static partial Regex LabelName();
}
