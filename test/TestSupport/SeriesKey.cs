namespace TestSupport;

/// <summary>A metric's name and tags, comparable.</summary>
/// <param name="Name">The name.</param>
/// <param name="Tags">The tags as one text; see <see cref="Of"/>.</param>
public readonly record struct SeriesKey(string Name, string Tags)
{
    // No decoded text has control characters in it, so these two cannot be mistaken for part of a key or a value.
    private const char PairSeparator = '\u001e';
    private const char ValueSeparator = '\u001f';

    /// <summary>Makes the key of a series.</summary>
    /// <param name="name">The metric's name.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="ordered">Whether the same tags in another order are another series.</param>
    /// <returns>The key.</returns>
    public static SeriesKey Of(string name, IEnumerable<KeyValuePair<string, string>> tags, bool ordered)
    {
        var pairs = tags.Select(tag => tag.Key + ValueSeparator + tag.Value);
        return new(name, string.Join(PairSeparator, ordered ? pairs : pairs.Order(StringComparer.Ordinal).Distinct()));
    }

    /// <inheritdoc/>
    public override string ToString() =>
        this.Tags.Length == 0 ? this.Name : $"{this.Name}{{{this.Tags.Replace(PairSeparator, ',').Replace(ValueSeparator, ':')}}}";
}
