using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpenTelemetry.Exporter.Prometheus.Buffers;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>Writes attribute values of any type as label values: lists and maps as JSON, all else as <see cref="AttributeText"/> has it.</summary>
/// <remarks>OpenTelemetry specification, "AnyValue representation for non-OTLP protocols". See <see cref="AttributeMap"/> for maps.</remarks>
internal static class LabelText
{
    private const int MaxNesting = 16;

    private static readonly JsonWriterOptions JsonOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <param name="output">Where to write.</param>
    /// <param name="value">The value.</param>
    /// <param name="filter">What it excludes is left out of maps, too.</param>
    public static void Append(ByteArena output, object? value, AttributeFilter filter)
    {
        if (value is not (null or byte[]) && (value is IList || AttributeMap.MembersOf(value) is not null))
        {
            AppendJson(output, value, filter);
        }
        else
        {
            output.AppendUtf8(AttributeText.Of(value));
        }
    }

    private static void AppendJson(ByteArena output, object value, AttributeFilter filter)
    {
        var start = output.Length;
        try
        {
            using var json = new Utf8JsonWriter(output, JsonOptions);
            AppendJson(json, value, filter, depth: 0);
        }
#pragma warning disable CA1031 // The application's own indexer may throw anything, and must not cost it a scrape.
        catch (Exception)
#pragma warning restore CA1031
        {
            output.Truncate(start);
            output.AppendUtf8(value.GetType().Name);
        }
    }

    private static void AppendJson(Utf8JsonWriter json, object? value, AttributeFilter filter, int depth)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                return;
            case bool truth:
                json.WriteBooleanValue(truth);
                return;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                return;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                return;
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                return;
            case byte[] bytes:
                json.WriteBase64StringValue(bytes);
                return;
        }

        // A list of pairs is a map.
        var members = AttributeMap.MembersOf(value);
        if (members is null && value is not IList)
        {
            json.WriteStringValue(Utf8(value));
        }
        else if (depth == MaxNesting)
        {
            json.WriteNullValue();
        }
        else if (members is not null)
        {
            AppendMembers(json, members, filter, depth + 1);
        }
        else
        {
            AppendItems(json, (IList)value, filter, depth + 1);
        }
    }

    private static void AppendItems(Utf8JsonWriter json, IList items, AttributeFilter filter, int depth)
    {
        json.WriteStartArray();
        foreach (var item in items)
        {
            AppendJson(json, item, filter, depth);
        }

        json.WriteEndArray();
    }

    private static void AppendMembers(
        Utf8JsonWriter json, IEnumerable<KeyValuePair<object?, object?>> members, AttributeFilter filter, int depth)
    {
        json.WriteStartObject();
        foreach (var (key, value) in members)
        {
            var name = AttributeText.Of(key);
            if (filter.ShowsResourceAttribute(name))
            {
                json.WritePropertyName(Utf8(name));
                AppendJson(json, value, filter, depth);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>The text of a value as bytes, because the writer refuses text with lone surrogates, which the encoding replaces.</summary>
    private static byte[] Utf8(object? value) => Encoding.UTF8.GetBytes(AttributeText.Of(value));
}
