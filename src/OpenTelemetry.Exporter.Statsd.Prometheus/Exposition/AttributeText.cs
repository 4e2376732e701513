using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes attribute values of any type as text.</summary>
/// <remarks>
/// OpenTelemetry specification, "AnyValue representation for non-OTLP protocols". Numbers are the same in every culture. A value
/// whose own formatting throws is given as the name of its type.
/// </remarks>
internal static class AttributeText
{
    private const int MaxNesting = 16;

    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static void Append(ByteArena output, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case string text:
                output.AppendUtf8(text);
                break;
            case bool truth:
                output.AppendUtf8(truth ? "true" : "false");
                break;
            case double number:
                AppendDouble(output, number);
                break;
            case float number:
                output.AppendUtf8(number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case int number:
                AppendLong(output, number);
                break;
            case long number:
                AppendLong(output, number);
                break;
            default:
                AppendOther(output, value);
                break;
        }
    }

    private static void AppendDouble(ByteArena output, double number)
    {
        if (!double.IsFinite(number))
        {
            output.AppendUtf8(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
        }
        else if (Utf8Number.TryWrite(output.GetSpan(Utf8Number.MaxDoubleBytes), number, out var written))
        {
            output.Advance(written);
        }
    }

    private static void AppendLong(ByteArena output, long number)
    {
        if (Utf8Number.TryWrite(output.GetSpan(Utf8Number.MaxInt64Bytes), number, out var written))
        {
            output.Advance(written);
        }
    }

    private static void AppendOther(ByteArena output, object value)
    {
        var start = output.Length;
        try
        {
            if (value is byte[] bytes)
            {
                output.AppendUtf8(Convert.ToBase64String(bytes));
            }
            else if (value is IList or IReadOnlyDictionary<string, object?>)
            {
                using var json = new Utf8JsonWriter(output, JsonOptions);
                AppendJson(json, value, depth: 0);
            }
            else
            {
                output.AppendUtf8(Format(value));
            }
        }
#pragma warning disable CA1031 // The application's own ToString or indexer may throw anything, and must not cost it a scrape.
        catch (Exception)
#pragma warning restore CA1031
        {
            output.Truncate(start);
            output.AppendUtf8(value.GetType().Name);
        }
    }

    private static string? Format(object value) =>
        value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString();

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
                json.WriteStringValue(Encoding.UTF8.GetBytes(Format(value) ?? string.Empty));
                break;
        }
    }
}
