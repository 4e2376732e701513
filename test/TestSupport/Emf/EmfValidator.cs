using System.Text.Json;
using System.Text.RegularExpressions;

namespace TestSupport;

/// <summary>Finds whatever would cost a document, or a metric in it, on its way through the agent into CloudWatch.</summary>
public sealed partial class EmfValidator
{
    /// <summary>The most metrics in a directive: with more CloudWatch takes none of them.</summary>
    public const int MostMetrics = 100;

    /// <summary>The most dimensions in a set.</summary>
    public const int MostDimensions = 30;

    private static readonly string[] Units =
    [
        "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits",
        "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second",
        "Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second",
        "Terabits/Second", "Count/Second", "None",
    ];

    // What the agent takes for instructions, in any case, and the old version of the format.
    private static readonly string[] Reserved = ["_aws", "CloudWatchMetrics", "log_group_name", "log_stream_name"];

    private readonly EmfRules rules;
    private readonly List<string> violations = [];
    private readonly Dictionary<string, JsonElement> targets = [];
    private readonly HashSet<string> metrics = [];

    private EmfValidator(EmfRules rules) => this.rules = rules;

    /// <summary>Judges a document.</summary>
    /// <param name="document">Its bytes, without the line feed or the like at the end of it.</param>
    /// <param name="rules">What it has to keep to; the defaults unless given.</param>
    /// <returns>A text for each violation: none of a good document.</returns>
    public static IReadOnlyList<string> Violations(ReadOnlyMemory<byte> document, EmfRules? rules = null)
    {
        var validator = new EmfValidator(rules ?? new EmfRules());
        try
        {
            validator.Check(document.Length <= validator.rules.MaxBytes, $"{document.Length} bytes are more than {validator.rules.MaxBytes}");
            validator.CheckRoot(EmfDocument.Read(document).Root);
        }
        catch (JsonException exception)
        {
            validator.violations.Add($"not JSON as it should be: {exception.Message}");
        }

        return validator.violations;
    }

    private void CheckRoot(JsonElement root)
    {
        var members = root.EnumerateObject().ToArray();
        if (members is not [{ Name: "_aws", Value.ValueKind: JsonValueKind.Object }, ..])
        {
            this.violations.Add("the first member is not the object _aws");
            return;
        }

        foreach (var member in members[1..])
        {
            this.targets.Add(member.Name, member.Value);
            this.Check(!Reserved.Contains(member.Name, StringComparer.OrdinalIgnoreCase), $"the member '{member.Name}' is reserved");
        }

        this.CheckMetadata(members[0].Value);
        this.Check(
            members[1..].SkipWhile(member => !this.metrics.Contains(member.Name)).All(member => this.metrics.Contains(member.Name)),
            "a dimension or another member stands behind a metric's value");
    }

    private void CheckMetadata(JsonElement metadata)
    {
        this.CheckTimestamp(metadata);
        this.CheckLogName(metadata, "LogGroupName", LogGroup());
        this.CheckLogName(metadata, "LogStreamName", LogStream());
        if (!TryGet(metadata, "CloudWatchMetrics", JsonValueKind.Array, out var directives) || directives.GetArrayLength() == 0)
        {
            this.violations.Add("CloudWatchMetrics is not an array of directives");
            return;
        }

        foreach (var directive in directives.EnumerateArray())
        {
            if (directive.ValueKind == JsonValueKind.Object)
            {
                this.CheckDirective(directive);
            }
            else
            {
                this.violations.Add("a directive is not an object");
            }
        }
    }

    private void CheckTimestamp(JsonElement metadata)
    {
        if (!TryGet(metadata, "Timestamp", JsonValueKind.Number, out var timestamp) || !timestamp.TryGetInt64(out var milliseconds))
        {
            this.violations.Add("Timestamp is not an integer");
            return;
        }

        var (earliest, latest) = (this.rules.Now.AddDays(-14).ToUnixTimeMilliseconds(), this.rules.Now.AddHours(2).ToUnixTimeMilliseconds());
        this.Check(milliseconds >= earliest && milliseconds <= latest, $"Timestamp {milliseconds} is none of now in milliseconds");
    }

    private void CheckLogName(JsonElement metadata, string name, Regex valid)
    {
        if (!metadata.TryGetProperty(name, out var value))
        {
            this.Check(!this.rules.RequiresLogNames, $"{name} is missing");
            return;
        }

        this.Check(value.ValueKind == JsonValueKind.String && valid.IsMatch(value.GetString()!), $"{name} {value.GetRawText()} is not valid");
    }

    private void CheckDirective(JsonElement directive)
    {
        this.Check(
            TryGet(directive, "Namespace", JsonValueKind.String, out var name) && Namespace().IsMatch(name.GetString()!),
            $"Namespace {name} is not valid");
        this.CheckDimensions(directive);
        if (!TryGet(directive, "Metrics", JsonValueKind.Array, out var definitions))
        {
            this.violations.Add("Metrics is not an array");
            return;
        }

        this.Check(definitions.GetArrayLength() is > 0 and <= MostMetrics, $"{definitions.GetArrayLength()} metrics in a directive");
        var names = new HashSet<string>();
        foreach (var definition in definitions.EnumerateArray())
        {
            this.CheckMetric(definition, names);
        }
    }

    private void CheckDimensions(JsonElement directive)
    {
        if (!TryGet(directive, "Dimensions", JsonValueKind.Array, out var sets))
        {
            this.violations.Add("Dimensions is not an array");
            return;
        }

        this.Check(sets.GetArrayLength() is > 0 and <= MostDimensions, $"{sets.GetArrayLength()} sets of dimensions");
        var seen = new HashSet<string>();
        foreach (var set in sets.EnumerateArray())
        {
            if (set.ValueKind != JsonValueKind.Array || set.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String))
            {
                this.violations.Add($"{set.GetRawText()} is not a set of dimensions");
                continue;
            }

            string[] names = [.. set.EnumerateArray().Select(name => name.GetString()!)];
            this.Check(names.Length <= MostDimensions, $"{names.Length} dimensions in a set");
            this.Check(names.Distinct().Count() == names.Length, $"{set.GetRawText()} has a dimension twice");
            this.Check(seen.Add(string.Join('\0', names.Order(StringComparer.Ordinal))), $"the set {set.GetRawText()} is there twice");
            Array.ForEach(names, this.CheckDimension);
        }
    }

    private void CheckDimension(string name)
    {
        this.Check(name.Length <= 250 && DimensionName().IsMatch(name), $"the dimension's name '{name}' is not valid");
        if (!this.targets.TryGetValue(name, out var value))
        {
            this.violations.Add($"the dimension '{name}' has no value");
            return;
        }

        this.Check(
            value.ValueKind == JsonValueKind.String && value.GetString()! is { Length: <= 1024 } text && DimensionValue().IsMatch(text),
            $"the value {value.GetRawText()} of the dimension '{name}' is not valid");
    }

    private void CheckMetric(JsonElement definition, HashSet<string> names)
    {
        if (definition.ValueKind != JsonValueKind.Object || !TryGet(definition, "Name", JsonValueKind.String, out var named))
        {
            this.violations.Add($"the metric {definition.GetRawText()} has no name");
            return;
        }

        var name = named.GetString()!;
        this.Check(name.Length is > 0 and <= 255, $"the metric's name '{name}' is not valid");
        this.Check(names.Add(name), $"the metric '{name}' is defined twice");
        this.Check(
            !definition.TryGetProperty("Unit", out var unit) || (unit.ValueKind == JsonValueKind.String && Units.Contains(unit.GetString())),
            $"the unit {unit} is none of CloudWatch's");
        this.Check(
            !definition.TryGetProperty("StorageResolution", out var resolution)
                || (resolution.ValueKind == JsonValueKind.Number && resolution.GetDouble() is 1 or 60),
            $"the resolution {resolution} is neither the number 1 nor 60");
        if (!this.targets.TryGetValue(name, out var target))
        {
            this.violations.Add($"the metric '{name}' has no value");
            return;
        }

        this.metrics.Add(name);
        this.violations.AddRange(EmfTargetRules.Violations(target, this.rules.SumTolerance).Select(violation => $"the value of the metric '{name}' {violation}"));
    }

    private void Check(bool holds, string violation)
    {
        if (!holds)
        {
            this.violations.Add(violation);
        }
    }

    private static bool TryGet(JsonElement parent, string name, JsonValueKind kind, out JsonElement value) =>
        parent.TryGetProperty(name, out value) && value.ValueKind == kind;

    [GeneratedRegex(@"\A(?!AWS/)(?=.*[^ ])[0-9A-Za-z.\-_/#: ]{1,255}\z")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\A(?!:)(?=.*[^ ])[ -~]+\z")]
    private static partial Regex DimensionName();

    [GeneratedRegex(@"\A(?=.*[^ ])[ -~]+\z")]
    private static partial Regex DimensionValue();

    [GeneratedRegex(@"\A[a-zA-Z0-9_\-/.#]{1,512}\z")]
    private static partial Regex LogGroup();

    [GeneratedRegex(@"\A[^:*\p{Cc}]{1,512}\z")]
    private static partial Regex LogStream();
}
