namespace OpenTelemetry.Exporter.Prometheus.Scraping.Negotiation;

/// <summary>The parts of a header between separators, without the white space around them.</summary>
/// <remarks>
/// For <c>foreach</c>. A separator within a quoted string separates nothing, and a quoted string that does not end reaches to the end
/// of the text. Looks at each character once and allocates nothing, whatever the text is.
/// </remarks>
internal ref struct HeaderParts(ReadOnlySpan<char> text, char separator)
{
    private ReadOnlySpan<char> rest = text;
    private bool isPastEnd;

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly HeaderParts GetEnumerator() => this;

    public bool MoveNext()
    {
        if (isPastEnd)
        {
            return false;
        }

        var end = EndOfPart();
        Current = rest[..end].Trim();
        isPastEnd = end == rest.Length;
        rest = isPastEnd ? default : rest[(end + 1)..];
        return true;
    }

    private readonly int EndOfPart()
    {
        var isQuoted = false;
        for (var index = 0; index < rest.Length; index++)
        {
            var character = rest[index];
            if (character == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (character == '\\' && isQuoted)
            {
                index++;
            }
            else if (character == separator && !isQuoted)
            {
                return index;
            }
        }

        return rest.Length;
    }
}
