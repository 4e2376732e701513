using System.Text.Json;

namespace Benchmarks.Emf;

/// <summary>What a writer of JSON can do at most: all names encoded before, and none of its checks.</summary>
internal sealed class EncodedJsonDocumentWriter(DocumentData data, long timestamp)
    : JsonDocumentWriter("`Utf8JsonWriter`, reused, names encoded before, no checks", data, timestamp, new JsonWriterOptions { SkipValidation = true })
{
    private static readonly JsonEncodedText Aws = Encode("_aws");
    private static readonly JsonEncodedText Timestamp = Encode("Timestamp");
    private static readonly JsonEncodedText LogGroupName = Encode("LogGroupName");
    private static readonly JsonEncodedText LogGroup = Encode(DocumentData.LogGroup);
    private static readonly JsonEncodedText LogStreamName = Encode("LogStreamName");
    private static readonly JsonEncodedText LogStream = Encode(DocumentData.LogStream);
    private static readonly JsonEncodedText CloudWatchMetrics = Encode("CloudWatchMetrics");
    private static readonly JsonEncodedText NamespaceName = Encode("Namespace");
    private static readonly JsonEncodedText Namespace = Encode(DocumentData.Namespace);
    private static readonly JsonEncodedText Dimensions = Encode("Dimensions");
    private static readonly JsonEncodedText Metrics = Encode("Metrics");
    private static readonly JsonEncodedText MetricName = Encode("Name");
    private static readonly JsonEncodedText Unit = Encode("Unit");
    private static readonly JsonEncodedText[] Tags = [Encode("endpoint"), Encode("region"), Encode("service")];
    private static readonly (JsonEncodedText Name, JsonEncodedText Unit)[] Declared =
        [.. DocumentData.Metrics.Select(metric => (Encode(metric.Name), Encode(metric.Written)))];

    protected override void WriteAws(long timestamp)
    {
        Json.WriteStartObject(Aws);
        Json.WriteNumber(Timestamp, timestamp);
        Json.WriteString(LogGroupName, LogGroup);
        Json.WriteString(LogStreamName, LogStream);
        Json.WriteStartArray(CloudWatchMetrics);
        Json.WriteStartObject();
        Json.WriteString(NamespaceName, Namespace);
        Json.WriteStartArray(Dimensions);
        Json.WriteStartArray();
        foreach (var tag in Tags)
        {
            Json.WriteStringValue(tag);
        }

        Json.WriteEndArray();
        Json.WriteEndArray();
        Json.WriteStartArray(Metrics);
        foreach (var (name, unit) in Declared)
        {
            Json.WriteStartObject();
            Json.WriteString(MetricName, name);
            Json.WriteString(Unit, unit);
            Json.WriteEndObject();
        }

        Json.WriteEndArray();
        Json.WriteEndObject();
        Json.WriteEndArray();
        Json.WriteEndObject();
    }

    protected override void WriteTag(KeyValuePair<string, object?> tag, int place) => Json.WriteString(Tags[place], (string)tag.Value!);

    protected override void WriteValue(int metric, long value) => Json.WriteNumber(Declared[metric].Name, value);

    protected override void WriteValue(int metric, double value) => Json.WriteNumber(Declared[metric].Name, value);

    private static JsonEncodedText Encode(string text) => JsonEncodedText.Encode(text);
}
