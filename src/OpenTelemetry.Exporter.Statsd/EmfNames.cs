using System.Text.RegularExpressions;
using OpenTelemetry.Exporter.Statsd.Emf;

namespace OpenTelemetry.Exporter;

/// <summary>What CloudWatch takes as names, and how to say so.</summary>
internal static partial class EmfNames
{
    public const string ValidNamespace = "1 to 255 characters of 0-9 A-Z a-z . - _ / # : and blanks, with no blank at either end, not beginning with AWS/";

    public const string ValidLogGroup = "1 to 512 characters of a-z A-Z 0-9 _ - / . # and placeholders such as {service.name}";

    public const string ValidLogStream = "1 to 512 characters but : * { } and control characters, and placeholders such as {service.name}";

    public const string ValidDimensionName = "a name of 1 to 250 printable ASCII characters, not blanks alone, not beginning with a colon";

    public const string ValidDimension = ValidDimensionName + ", with a value of 1 to 1024 printable ASCII characters, not blanks alone";

    public const string ValidMemberName = "a name that is not empty and none of _aws, CloudWatchMetrics, log_group_name, log_stream_name";

    public static bool IsNamespace(string text) => Namespace().IsMatch(text);

    public static bool IsLogGroup(string text) => LogGroup().IsMatch(text);

    public static bool IsLogStream(string text) => LogStream().IsMatch(text);

    public static bool IsDimensionName(string? text) => text is not null && DimensionName().IsMatch(text);

    public static bool IsDimensionValue(string? text) => text is not null && DimensionValue().IsMatch(text);

    public static bool IsMemberName(string? text) => text is { Length: > 0 } && !ReservedNames.Contains(text);

    [GeneratedRegex(@"\A(?!AWS/)(?! )[0-9A-Za-z.\-_/#: ]{1,255}(?<! )\z")]
    private static partial Regex Namespace();

    [GeneratedRegex(@"\A(?=.{1,512}\z)(?:[a-zA-Z0-9_\-/.#]|\{[^{}]+\})+\z", RegexOptions.Singleline)]
    private static partial Regex LogGroup();

    [GeneratedRegex(@"\A(?=.{1,512}\z)(?:[^:*{}\p{Cc}]|\{[^{}]+\})+\z", RegexOptions.Singleline)]
    private static partial Regex LogStream();

    [GeneratedRegex(@"\A(?!:)(?=.*[!-~])[ -~]{1,250}\z")]
    private static partial Regex DimensionName();

    [GeneratedRegex(@"\A(?=.*[!-~])[ -~]{1,1024}\z")]
    private static partial Regex DimensionValue();
}
