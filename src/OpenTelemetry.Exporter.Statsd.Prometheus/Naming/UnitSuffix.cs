namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>Turns UCUM units into the words that Prometheus names end in.</summary>
/// <remarks>
/// OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", metric metadata. Units that its table does not have
/// and that people use nevertheless (<c>B</c>, <c>KBy</c>, <c>$</c>) are those of the official exporter.
/// </remarks>
internal static class UnitSuffix
{
    /// <summary>The suffix for <paramref name="unit"/> without its underscore; empty if the unit calls for none.</summary>
    public static string Of(string unit)
    {
        unit = RemoveAnnotations(unit);
        var slash = unit.IndexOf('/', StringComparison.Ordinal);
        var words = slash < 0 || slash == unit.Length - 1
            ? Plural(unit.TrimEnd('/'))
            : $"{Plural(unit[..slash])}_per_{Singular(unit[(slash + 1)..])}";
        return PrometheusName.Sanitize(words, allowColon: false).Trim('_');
    }

    private static string RemoveAnnotations(string unit)
    {
        while (true)
        {
            var open = unit.IndexOf('{', StringComparison.Ordinal);
            var close = open < 0 ? -1 : unit.IndexOf('}', open);
            if (close < 0)
            {
                return unit;
            }

            unit = unit.Remove(open, close - open + 1);
        }
    }

    private static string Plural(string unit) => unit switch
    {
        "1" => string.Empty,
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" or "B" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tebibytes",
        "kBy" or "KBy" or "KB" => "kilobytes",
        "MBy" or "MB" => "megabytes",
        "GBy" or "GB" => "gigabytes",
        "TBy" or "TB" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "%" => "percent",
        "$" => "dollars",
        _ => unit,
    };

    private static string Singular(string unit) => unit switch
    {
        "s" => "second",
        "m" or "min" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        _ => unit,
    };
}
