namespace OpenTelemetry.Exporter.Statsd.Metrics;

/// <summary>Names to choose by: <c>*</c> stands for any characters or none, everything else for itself, in either case.</summary>
/// <remarks>Never changes; may be used by any thread. Instrument names do not differ by case alone: OpenTelemetry metrics API, "Instrument name syntax".</remarks>
internal sealed class NamePattern(string pattern)
{
    private readonly string[] pieces = pattern.Split('*');

    /// <summary>How many characters stand for themselves: of two patterns that match, the one with more says more.</summary>
    public int Specificity => pieces.Sum(piece => piece.Length);

    public bool Matches(string name)
    {
        if (pieces.Length == 1)
        {
            return name.Equals(pieces[0], StringComparison.OrdinalIgnoreCase);
        }

        var (first, last) = (pieces[0], pieces[^1]);
        if (name.Length < first.Length + last.Length
            || !name.StartsWith(first, StringComparison.OrdinalIgnoreCase)
            || !name.EndsWith(last, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // The earliest place for each piece leaves most room to those after it.
        var rest = name.AsSpan(first.Length, name.Length - first.Length - last.Length);
        foreach (var piece in pieces.AsSpan(1..^1))
        {
            var index = rest.IndexOf(piece, StringComparison.OrdinalIgnoreCase);
            if (index < 0)
            {
                return false;
            }

            rest = rest[(index + piece.Length)..];
        }

        return true;
    }

    public override string ToString() => pattern;
}
