using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes attribute values of any type as label values: lists and maps as JSON, all else as <see cref="AttributeText"/> has it.</summary>
/// <remarks>OpenTelemetry specification, "AnyValue representation for non-OTLP protocols".</remarks>
internal static class LabelText
{
    private const int MaxNesting = 16;

    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Append(ByteArena output, object? value)
    {
        if (value is not byte[] and (IList or IReadOnlyDictionary<string, object?>))
        {
            AppendJson(output, value);
        }
        else
        {
            output.AppendUtf8(AttributeText.Of(value));
        }
    }

    private static void AppendJson(ByteArena output, object value)
    {
        var start = output.Length;
        try
        {
            using var json = new Utf8JsonWriter(output, JsonOptions);
            AppendJson(json, value, depth: 0);
        }
#pragma warning disable CA1031 // The application's own indexer may throw anything, and must not cost it a scrape.
        catch (Exception)
#pragma warning restore CA1031
        {
            output.Truncate(start);
            output.AppendUtf8(value.GetType().Name);
        }
    }

    private static void AppendJson(Utf8JsonWriter json, object? value, int depth)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                break;
            case IList when depth == MaxNesting:
            case IReadOnlyDictionary<string, object?> when depth == MaxNesting:
                json.WriteNullValue();
                break;
            case IList list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    AppendJson(json, item, depth + 1);
                }

                json.WriteEndArray();
                break;
            case IReadOnlyDictionary<string, object?> map:
                json.WriteStartObject();
                foreach (var (key, item) in map)
                {
                    json.WritePropertyName(Encoding.UTF8.GetBytes(key));
                    AppendJson(json, item, depth + 1);
                }

                json.WriteEndObject();
                break;
            default:
                // As bytes, because the writer refuses text with lone surrogates, which the encoding replaces.
                json.WriteStringValue(Encoding.UTF8.GetBytes(AttributeText.Of(value)));
                break;
        }
    }
}
