using System.Globalization;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>Attribute values as text, the same in every culture.</summary>
internal static class AttributeText
{
    /// <summary>
    /// Strings as they are, booleans in lower case, numbers and dates invariant, bytes in Base64, the elements of other arrays
    /// joined by <c>;</c>, anything else by its own <c>ToString</c>, or by the name of its type if that throws; empty for
    /// <see langword="null"/>.
    /// </summary>
    public static string Of(object? value) => value switch
    {
        null => string.Empty,
        string text => text,
        bool flag => flag ? "true" : "false",
        byte[] bytes => Convert.ToBase64String(bytes),
        Array elements => Join(elements),
        _ => Format(value),
    };

    private static string Join(Array elements)
    {
        var text = new StringBuilder();
        var isFirst = true;
        foreach (var element in elements)
        {
            if (!isFirst)
            {
                text.Append(';');
            }

            // One level deep: an array may hold itself.
            text.Append(element is Array ? Format(element) : Of(element));
            isFirst = false;
        }

        return text.ToString();
    }

    private static string Format(object value)
    {
        try
        {
            // A formatter of the application may return null, whatever its signature says.
            return (value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString()) ?? string.Empty;
        }
#pragma warning disable CA1031 // It is the application's code, and an exporter lets no exception of it through.
        catch (Exception)
#pragma warning restore CA1031
        {
            return value.GetType().Name;
        }
    }
}
