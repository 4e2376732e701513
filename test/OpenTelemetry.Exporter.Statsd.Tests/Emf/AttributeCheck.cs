using System.Text;
using OpenTelemetry.Exporter.Statsd.Tests.Properties;
using TestSupport;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>Holds the members and dimensions of a document against the attributes that were recorded.</summary>
internal static class AttributeCheck
{
    private const int MostDimensions = 30;
    private const int LongestMember = 4096;
    private static readonly KeyValuePair<string, object?> Service = new("service.name", "till");
    private static readonly string[] Reserved = ["_aws", "CloudWatchMetrics", "log_group_name", "log_stream_name"];

    /// <param name="attributes">What was recorded.</param>
    /// <param name="record">A metric of the document.</param>
    /// <param name="maxBytes">The longest document, half of which members that are no dimensions leave free.</param>
    public static void Check(IReadOnlyList<KeyValuePair<string, object?>> attributes, EmfRecord record, int maxBytes)
    {
        var sets = record.Name.StartsWith(EmfCase.InSets, StringComparison.OrdinalIgnoreCase);
        var written = Match(attributes, record, sets, maxBytes);
        var own = record.Members.Keys.Except(written.Values);
        var isHidden = attributes.Any(attribute => attribute.Key == Service.Key) || (!own.Any() && MayLackRoom(Service, record, maxBytes));
        Assert.Equal(isHidden ? [] : [Service.Key], own);
        string[] dimensions = [.. attributes.Where(attribute => IsDimension(attribute, sets)).Select(attribute => written[attribute.Key])];
        if (sets)
        {
            string[][] expected = dimensions.Length == 2 ? [dimensions, [EmfCase.Id], []] : [[EmfCase.Id], []];
            Assert.Equal(expected.Select(set => set.Order()), record.DimensionSets.Select(set => set.Keys.Order()));
        }
        else
        {
            Assert.Equal(
                dimensions.Order(StringComparer.Ordinal).Take(MostDimensions), record.Dimensions.Keys.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Finds which member each attribute is: several may look the same once they are written.</summary>
    private static Dictionary<string, string> Match(
        IReadOnlyList<KeyValuePair<string, object?>> attributes, EmfRecord record, bool sets, int maxBytes)
    {
        var dimensions = record.DimensionSets.SelectMany(set => set.Keys).ToHashSet();
        var ofMember = new Dictionary<string, KeyValuePair<string, object?>>();

        // Those that have to be there first, lest one that is not there takes the place of another that looks like it.
        foreach (var attribute in attributes.OrderBy(MayBeMissing))
        {
            Assert.True(
                TryPlace(attribute, []) || MayBeMissing(attribute),
                $"The attribute {Recording.Escaped(attribute.Key, 300)} = {Recording.Escaped(DocumentedRules.Text(attribute.Value), 100)} is missing.");
        }

        return ofMember.ToDictionary(pair => pair.Value.Key, pair => pair.Key);

        bool MayBeMissing(KeyValuePair<string, object?> attribute) => !IsDimension(attribute, sets) && MayLackRoom(attribute, record, maxBytes);

        bool TryPlace(KeyValuePair<string, object?> attribute, HashSet<string> tried)
        {
            // A name without a change before one with.
            foreach (var (name, value) in record.Members.OrderBy(member => member.Key.Length))
            {
                var isInPlace = IsDimension(attribute, sets) ? dimensions.Contains(name) || dimensions.Count == MostDimensions : !dimensions.Contains(name);
                if (isInPlace && IsWrittenAs(attribute, name, value, sets) && tried.Add(name)
                    && (!ofMember.TryGetValue(name, out var other) || TryPlace(other, tried)))
                {
                    ofMember[name] = attribute;
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether a member, of which a character takes twelve bytes at most, could have been too long for its half of the document.</summary>
    private static bool MayLackRoom(KeyValuePair<string, object?> attribute, EmfRecord record, int maxBytes) =>
        Encoding.UTF8.GetByteCount(record.Document.Text) + 20 + (12 * (attribute.Key.Length + DocumentedRules.Text(attribute.Value).Length)) > maxBytes / 2;

    private static bool IsWrittenAs(KeyValuePair<string, object?> attribute, string name, string value, bool sets)
    {
        var text = DocumentedRules.Text(attribute.Value);
        var isDimension = IsNamedDimension(attribute.Key, sets);

        // What was to be a dimension, but has no name, may look like one.
        var hasValue = (isDimension && EmfText.Fits(text, value, 1024))
            || (!IsDimension(attribute, sets) && (value == Plain(text[..Math.Min(text.Length, LongestMember)]) || (value.Length == 0 && IsBlank(text))));
        return hasValue && (isDimension ? IsDimensionName(attribute.Key, name) : IsMemberName(attribute.Key, name));
    }

    private static bool IsDimensionName(string key, string name)
    {
        var start = key.StartsWith(':') ? $"_{key[1..]}" : key;
        return Suffixes(start, name).Any(trimmed => EmfText.Fits(start, trimmed, 250) || (IsBlank(key) && IsBlank(trimmed)));
    }

    private static bool IsMemberName(string key, string name) =>
        Suffixes(key, name).Any(trimmed => key.Length > 250 ? EmfText.Fits(key, trimmed, 250) : trimmed == Plain(key));

    /// <summary>A name without any of the suffixes that set it apart from others.</summary>
    private static IEnumerable<string> Suffixes(string key, string name)
    {
        if (!Reserved.Contains(key, StringComparer.OrdinalIgnoreCase))
        {
            yield return name;
        }

        while (name.EndsWith('_'))
        {
            name = name[..^1];
            yield return name;
        }
    }

    private static bool IsNamedDimension(string key, bool sets) =>
        sets ? key is EmfCase.Id or "a" : !key.StartsWith(EmfCase.NoDimension, StringComparison.OrdinalIgnoreCase);

    private static bool IsDimension(KeyValuePair<string, object?> attribute, bool sets) =>
        IsNamedDimension(attribute.Key, sets) && !IsBlank(attribute.Key) && !IsBlank(DocumentedRules.Text(attribute.Value));

    private static bool IsBlank(string text) => text.Trim(' ').Length == 0;

    /// <summary>As any text is written that is not UTF-16: half of a character becomes a replacement.</summary>
    private static string Plain(string text) => string.Concat(text.EnumerateRunes());
}
