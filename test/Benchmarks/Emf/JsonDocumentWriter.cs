using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Benchmarks.Emf;

/// <summary>The baseline: one writer and one buffer for all documents, names as strings.</summary>
internal class JsonDocumentWriter : DocumentWriter
{
    private readonly ArrayBufferWriter<byte> buffer = new(1 << 16);
    private readonly Utf8JsonWriter json;
    private readonly DocumentData data;
    private readonly long timestamp;

    public JsonDocumentWriter(DocumentData data, long timestamp)
        : this("`Utf8JsonWriter`, reused", data, timestamp, default)
    {
    }

    protected JsonDocumentWriter(string name, DocumentData data, long timestamp, JsonWriterOptions options)
        : base(name)
    {
        this.data = data;
        this.timestamp = timestamp;
        json = new(buffer, options);
    }

    protected Utf8JsonWriter Json => json;

    public override void Write()
    {
        for (var document = 0; document < DocumentData.Count; document++)
        {
            WriteOne(document);
        }
    }

    public override string[] WriteAndRead() => [.. Enumerable.Range(0, DocumentData.Count).Select(document =>
    {
        WriteOne(document);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    })];

    public override void Dispose()
    {
        json.Dispose();
        base.Dispose();
    }

    protected virtual void WriteAws(long timestamp)
    {
        json.WriteStartObject("_aws");
        json.WriteNumber("Timestamp", timestamp);
        json.WriteString("LogGroupName", DocumentData.LogGroup);
        json.WriteString("LogStreamName", DocumentData.LogStream);
        json.WriteStartArray("CloudWatchMetrics");
        json.WriteStartObject();
        json.WriteString("Namespace", DocumentData.Namespace);
        json.WriteStartArray("Dimensions");
        json.WriteStartArray();
        json.WriteStringValue("endpoint");
        json.WriteStringValue("region");
        json.WriteStringValue("service");
        json.WriteEndArray();
        json.WriteEndArray();
        json.WriteStartArray("Metrics");
        foreach (var (name, _, unit) in DocumentData.Metrics)
        {
            json.WriteStartObject();
            json.WriteString("Name", name);
            json.WriteString("Unit", unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    protected virtual void WriteTag(KeyValuePair<string, object?> tag, int place) => json.WriteString(tag.Key, (string)tag.Value!);

    protected virtual void WriteValue(int metric, long value) => json.WriteNumber(DocumentData.Metrics[metric].Name, value);

    protected virtual void WriteValue(int metric, double value) => json.WriteNumber(DocumentData.Metrics[metric].Name, value);

    private void WriteOne(int document)
    {
        buffer.ResetWrittenCount();
        json.Reset();
        json.WriteStartObject();
        WriteAws(timestamp);
        var tags = DocumentData.Tags[document];
        WriteTag(tags.Endpoint, 0);
        WriteTag(tags.Region, 1);
        WriteTag(tags.Service, 2);
        var values = data.Values[document];
        for (var metric = 0; metric < values.Length; metric++)
        {
            if (data.AreWhole)
            {
                WriteValue(metric, (long)values[metric]);
            }
            else
            {
                WriteValue(metric, values[metric]);
            }
        }

        json.WriteEndObject();
        json.Flush();
    }
}
