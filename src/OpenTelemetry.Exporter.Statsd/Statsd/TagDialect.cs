namespace OpenTelemetry.Exporter.Statsd.Statsd;

/// <summary>How a receiver wants tags written.</summary>
/// <param name="Position">Where in the line they stand.</param>
/// <param name="Opening">What precedes the first tag.</param>
/// <param name="Separator">What stands between two tags.</param>
/// <param name="Assignment">What stands between a key and its value.</param>
internal sealed record TagDialect(TagPosition Position, string Opening, char Separator, char Assignment)
{
    /// <summary><c>name:value|type|#k:v,k2:v2</c></summary>
    public static readonly TagDialect DogStatsd = new(TagPosition.AfterType, "|#", ',', ':');

    /// <summary><c>name;k=v;k2=v2:value|type</c></summary>
    public static readonly TagDialect Graphite = new(TagPosition.AfterName, ";", ';', '=');

    /// <summary><c>name,k=v,k2=v2:value|type</c></summary>
    public static readonly TagDialect Influx = new(TagPosition.AfterName, ",", ',', '=');
}

internal enum TagPosition
{
    AfterName,
    AfterType,
}
