namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>Why a point left not quite as it was recorded; the value of the tag <c>reason</c> on the exporter's own counter of such points.</summary>
internal enum AlterReason
{
    /// <summary>An attribute without a visible character, which is therefore no dimension.</summary>
    BlankDimension,

    /// <summary>A name or a value with characters that the receiver does not take, or with what could be mistaken for their encoding.</summary>
    NonAscii,

    /// <summary>A name or a value that was cut.</summary>
    TooLong,

    /// <summary>More attributes than a set of dimensions may have.</summary>
    TooManyDimensions,

    /// <summary>A name that was taken or reserved.</summary>
    Renamed,

    /// <summary>A histogram of which some members are not finite.</summary>
    NonFinite,
}

internal static class AlterReasons
{
    /// <summary>How many reasons there are: the length of an array indexed by them.</summary>
    public const int Count = (int)AlterReason.NonFinite + 1;

    /// <summary>The texts of all reasons, in their order.</summary>
    public static readonly string[] Texts = [.. Enum.GetValues<AlterReason>().Select(reason => reason.Text())];

    /// <summary>The text of <paramref name="reason"/> in tags and events.</summary>
    public static string Text(this AlterReason reason) => reason switch
    {
        AlterReason.BlankDimension => "blank_dimension",
        AlterReason.NonAscii => "non_ascii",
        AlterReason.TooLong => "too_long",
        AlterReason.TooManyDimensions => "too_many_dimensions",
        AlterReason.Renamed => "renamed",
        _ => "non_finite",
    };
}
