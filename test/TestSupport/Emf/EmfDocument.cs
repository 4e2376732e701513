using System.Text;
using System.Text.Json;

namespace TestSupport;

/// <summary>A document in CloudWatch's embedded metric format, read without any help of who writes it.</summary>
public sealed class EmfDocument
{
    private EmfDocument(string text, JsonElement root)
    {
        this.Text = text;
        this.Root = root;
    }

    /// <summary>Gets the document as written.</summary>
    public string Text { get; }

    /// <summary>Gets the object.</summary>
    public JsonElement Root { get; }

    /// <summary>Gets the time of its metrics.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(this.Metadata.GetProperty("Timestamp").GetInt64());

    /// <summary>Gets the log group that the agent is told, or null.</summary>
    public string? LogGroupName => this.LogName("LogGroupName");

    /// <summary>Gets the log stream that the agent is told, or null.</summary>
    public string? LogStreamName => this.LogName("LogStreamName");

    private JsonElement Metadata => this.Root.GetProperty("_aws");

    /// <summary>Reads a document.</summary>
    /// <param name="document">Its bytes.</param>
    /// <returns>The document.</returns>
    /// <exception cref="JsonException">It is not a single object, or has a key twice.</exception>
    public static EmfDocument Read(ReadOnlyMemory<byte> document) => new(Encoding.UTF8.GetString(document.Span), StrictJson.Read(document));

    /// <summary>Reads the metrics of a document that the <see cref="EmfValidator"/> finds no fault with.</summary>
    /// <returns>One record a metric.</returns>
    public IReadOnlyList<EmfRecord> Records()
    {
        var directives = this.Metadata.GetProperty("CloudWatchMetrics").EnumerateArray().ToArray();
        var names = directives.SelectMany(Definitions).Select(NameOf).ToHashSet();
        var members = this.Root.EnumerateObject()
            .Where(member => member.Name != "_aws" && !names.Contains(member.Name))
            .ToDictionary(member => member.Name, member => TextOf(member.Value));
        return [.. directives.SelectMany(directive => Definitions(directive).Select(definition => this.RecordOf(directive, definition, members)))];
    }

    /// <inheritdoc/>
    public override string ToString() => this.Text;

    private static IEnumerable<JsonElement> Definitions(JsonElement directive) => directive.GetProperty("Metrics").EnumerateArray();

    private static string NameOf(JsonElement definition) => definition.GetProperty("Name").GetString()!;

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private EmfRecord RecordOf(JsonElement directive, JsonElement definition, Dictionary<string, string> members)
    {
        var target = this.Root.GetProperty(NameOf(definition));
        return new EmfRecord
        {
            Namespace = directive.GetProperty("Namespace").GetString()!,
            Name = NameOf(definition),
            Unit = definition.TryGetProperty("Unit", out var unit) ? unit.GetString()! : "None",
            Resolution = definition.TryGetProperty("StorageResolution", out var resolution) ? resolution.GetInt32() : 60,
            DimensionSets = [.. directive.GetProperty("Dimensions").EnumerateArray().Select(SetOf)],
            Members = members,
            Target = EmfTarget.Read(target),
            Text = target.GetRawText(),
            Document = this,
        };

        IReadOnlyDictionary<string, string> SetOf(JsonElement set) =>
            set.EnumerateArray().Select(name => name.GetString()!).ToDictionary(name => name, name => members[name]);
    }

    private string? LogName(string name) => this.Metadata.TryGetProperty(name, out var value) ? value.GetString() : null;
}
