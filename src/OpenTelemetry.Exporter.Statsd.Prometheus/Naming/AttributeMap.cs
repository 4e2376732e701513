using System.Collections;

namespace OpenTelemetry.Exporter.Prometheus.Naming;

/// <summary>Attribute values that consist of keys and values.</summary>
/// <remarks>
/// To the SDK those are lists of pairs, whatever holds them. Dictionaries of other types and single pairs are here as well, because
/// their own texts may show keys and values that are excluded.
/// </remarks>
internal static class AttributeMap
{
    /// <summary>The members of a map, read as they are enumerated; <see langword="null"/> if <paramref name="value"/> is none.</summary>
    public static IEnumerable<KeyValuePair<object?, object?>>? MembersOf(object? value) => value switch
    {
        null or string or byte[] => null,
        IEnumerable<KeyValuePair<string, object?>> pairs => pairs.Select(pair => Member(pair.Key, pair.Value)),
        IEnumerable<KeyValuePair<string, string?>> pairs => pairs.Select(pair => Member(pair.Key, pair.Value)),
        IDictionary entries => MembersOf(entries),
        KeyValuePair<string, object?> pair => [Member(pair.Key, pair.Value)],
        KeyValuePair<string, string?> pair => [Member(pair.Key, pair.Value)],
        DictionaryEntry entry => [Member(entry.Key, entry.Value)],
        _ => null,
    };

    private static IEnumerable<KeyValuePair<object?, object?>> MembersOf(IDictionary entries)
    {
        foreach (DictionaryEntry entry in entries)
        {
            yield return Member(entry.Key, entry.Value);
        }
    }

    private static KeyValuePair<object?, object?> Member(object? key, object? value) => new(key, value);
}
