namespace OpenTelemetry.Exporter.Prometheus.Collecting;

/// <summary>A series of a metric, for as long as the SDK shows it.</summary>
/// <remarks>
/// <see cref="Tags"/> never changes. The encoded labels are written by one layout at a time, inside the gate that scrapes pass
/// one by one; whoever sends a response reads them from its layout, not from here.
/// </remarks>
/// <param name="tags">The attributes as recorded.</param>
internal sealed class Series(KeyValuePair<string, object?>[] tags)
{
    private byte[]?[] encodings = [];

    public KeyValuePair<string, object?>[] Tags { get; } = tags;

    /// <summary>The labels as the layout of that number has encoded them, or <see langword="null"/> before it has.</summary>
    public byte[]? this[int layout]
    {
        get => layout < encodings.Length ? encodings[layout] : null;
        set
        {
            if (layout >= encodings.Length)
            {
                Array.Resize(ref encodings, layout + 1);
            }

            encodings[layout] = value;
        }
    }
}
