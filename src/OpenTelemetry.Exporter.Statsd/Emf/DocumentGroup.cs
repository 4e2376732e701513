namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>What documents about one set of attributes have in common, and which points of an export belong to it.</summary>
/// <remarks>One owner at a time: the thread that exports.</remarks>
/// <param name="content">Everything of it that a document has, which also tells it from others.</param>
/// <param name="dimensionsLength">How much of <paramref name="content"/> is <see cref="Dimensions"/>.</param>
/// <param name="names">Of all members.</param>
/// <param name="alterations">How it differs from what was recorded.</param>
internal sealed class DocumentGroup(byte[] content, int dimensionsLength, string[] names, Alterations alterations)
{
    /// <summary>No point.</summary>
    public const int None = -1;

    /// <summary>What tells it from others.</summary>
    public byte[] Content => content;

    /// <summary><c>"Dimensions":[["name"]],</c></summary>
    public ReadOnlySpan<byte> Dimensions => content.AsSpan(0, dimensionsLength);

    /// <summary><c>,"name":"value"</c> for each attribute, of the resource's and of constants, too.</summary>
    public ReadOnlySpan<byte> Members => content.AsSpan(dimensionsLength);

    /// <summary>Of all members: no metric may have one of them.</summary>
    public IReadOnlyCollection<string> Names => names;

    public Alterations Alterations => alterations;

    /// <summary>Its first point in the <see cref="PointStore"/>, or <see cref="None"/>.</summary>
    public int FirstPoint { get; set; } = None;

    /// <summary>Its last point; only while there is a first one.</summary>
    public int LastPoint { get; set; }

    /// <summary>The export that last had points of it.</summary>
    public long UsedIn { get; set; }

    /// <summary>Whether it was given up for not being used.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>The memory that it takes, about.</summary>
    public int MemoryBytes => content.Length + (names.Length * IntPtr.Size) + 128;
}
