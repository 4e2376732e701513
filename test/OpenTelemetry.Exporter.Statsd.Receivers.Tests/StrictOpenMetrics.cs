using System.Globalization;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests;

/// <summary>What the strict parser of Prometheus's Python client makes of an OpenMetrics exposition: families, or an error.</summary>
/// <param name="Error">Why it refuses the exposition; null if it does not.</param>
/// <param name="Families">What it reads; none if it refuses.</param>
internal sealed record StrictOpenMetrics(string? Error, IReadOnlyList<StrictOpenMetrics.Family> Families)
{
    /// <summary>Debian's own: another one on the path has packages of its own.</summary>
    private const string Python = "/usr/bin/python3";

    /// <summary>The script's exit code where the parser is not installed.</summary>
    private const int Missing = 3;

    private const string Script = """
        import io, json, sys
        try:
            from prometheus_client.openmetrics.parser import text_fd_to_metric_families as parse
        except ImportError:
            sys.exit(3)

        def exemplar(e):
            return e and {'labels': e.labels, 'value': repr(e.value), 'timestamp': None if e.timestamp is None else repr(float(e.timestamp))}

        def sample(s):
            return {'name': s.name, 'labels': s.labels, 'value': repr(s.value), 'exemplar': exemplar(s.exemplar)}

        def family(f):
            return {'name': f.name, 'type': f.type, 'help': f.documentation, 'unit': f.unit, 'samples': [sample(s) for s in f.samples]}

        text = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='\n')
        try:
            json.dump({'families': [family(f) for f in parse(text)]}, sys.stdout)
        except (ValueError, KeyError, IndexError) as error:
            json.dump({'error': repr(error)}, sys.stdout)
        """;

    public static async Task<StrictOpenMetrics> ParseAsync(byte[] exposition)
    {
        var (exitCode, output, errors) = File.Exists(Python) ? await Tool.RunAsync(Python, ["-c", Script], exposition) : (Missing, "", "");
        if (exitCode == Missing)
        {
            Receiver.Missing("The strict OpenMetrics parser is missing; install the Debian package python3-prometheus-client.");
        }

        Assert.True(exitCode == 0, errors);
        using var answer = JsonDocument.Parse(output);
        return answer.RootElement.TryGetProperty("error", out var error)
            ? new StrictOpenMetrics(error.GetString(), [])
            : new StrictOpenMetrics(null, [.. answer.RootElement.GetProperty("families").EnumerateArray().Select(ReadFamily)]);
    }

    private static Family ReadFamily(JsonElement family) => new(
        family.GetProperty("name").GetString()!,
        family.GetProperty("type").GetString()!,
        family.GetProperty("help").GetString()!,
        family.GetProperty("unit").GetString()!,
        [.. family.GetProperty("samples").EnumerateArray().Select(ReadSample)]);

    private static Sample ReadSample(JsonElement sample)
    {
        var exemplar = sample.GetProperty("exemplar");
        return new Sample(
            sample.GetProperty("name").GetString()!,
            ReadLabels(sample),
            ReadNumber(sample.GetProperty("value").GetString()!),
            exemplar.ValueKind == JsonValueKind.Null ? null : ReadExemplar(exemplar));
    }

    private static Exemplar ReadExemplar(JsonElement exemplar) => new(
        ReadLabels(exemplar),
        ReadNumber(exemplar.GetProperty("value").GetString()!),
        exemplar.GetProperty("timestamp").GetString() is { } timestamp ? ReadNumber(timestamp) : null);

    private static Dictionary<string, string> ReadLabels(JsonElement element) =>
        element.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    private static double ReadNumber(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    internal sealed record Family(string Name, string Type, string Help, string Unit, IReadOnlyList<Sample> Samples);

    internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value, Exemplar? Exemplar);

    /// <summary>The timestamp is in Unix seconds.</summary>
    internal sealed record Exemplar(IReadOnlyDictionary<string, string> Labels, double Value, double? Timestamp);
}
