using FsCheck;
using FsCheck.Fluent;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Texts as an application should never, but can, use them.</summary>
internal static class HostileText
{
    private static readonly string[] Words =
    [
        "a", "queue", "queue-length", "queue_length", "queue/length", "http.server.duration", "B2", "upper_bound", "host", "HOST", "device",
        "dd.internal.entity_id", "Dd.Internal.", "le", "quantile", "__name__", "name", "metric_type", "metric type", "temporality",
        "_sc", "_sc|x|0", "_e{5,4}:title|text", "otel.scope.name", "otel.host", "a_2", "n/a", string.Empty, " ", "-1", "1st", ":", "a:",
        "http://x:80/a?b=c,d", "a:1|c\nb:2|c", "x|#host:y", "\ud800", "\udfff", "a\ud800", "\U00010400", "\u00e9", "e\u0301", "~", "true",
    ];

    private static readonly string[] Pieces =
    [
        "\n", "\r", "|", ":", "#", "@", ",", "=", ";", " ", "\t", "\0", "\u001f", "\u007f", "\u0085", "\u00a0", "\u200b", "\u2028", "\u00e9",
        "\u6f22", "\U0001f600", "\U0010ffff", "\ud800", "\udc00", "\ufffd", "\ufeff", "_", ".", "-", "/", "a", "B", "7", "~", "^", "!", "[",
        "]", "{", "}", "\"", "\\", "%", "+", "*", "\u0661",
    ];

    private static readonly string[] Repeated = ["a", "\u00e9", "\u6f22", "\U0001f600", "\ud800", "|", "a\U0001f600", "_"];

    /// <summary>Mostly short; some as long as the limits, some far longer.</summary>
    public static Gen<string> Any { get; } = Gen.Frequency(
        (10, Gen.Elements(Words)),
        (8, Gen.Choose(0, 10).SelectMany(length => Gen.ArrayOf(Gen.Elements(Pieces), length)).Select(string.Concat)),
        (2, Gen.Elements(Words).Zip(Gen.Elements(Pieces), string.Concat)),
        (1, Long));

    /// <summary>Without separators, control characters or anything else that has to be replaced.</summary>
    public static Gen<string> Tame { get; } = Gen.Elements("a", "b", "c", "queue", "http.route", "http.method", "get");

    private static Gen<string> Long =>
        from piece in Gen.Elements(Repeated)
        from length in Gen.Frequency(
            (4, Gen.Choose(80, 120)), (8, Gen.Choose(170, 260)), (6, Gen.Choose(480, 520)), (1, Gen.Constant(10_000)))
        from end in Gen.Elements(Pieces)
        select string.Concat(Enumerable.Repeat(piece, length / piece.Length)) + end;
}
