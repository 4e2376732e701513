using System.Text.Json;

namespace TestSupport;

/// <summary>The value of a metric in a document, in any of its forms.</summary>
/// <param name="Values">The values: one of a number, none of a statistic set.</param>
/// <param name="Counts">How often each was recorded.</param>
/// <param name="Statistics">Beside the values or in place of them; null if none are written.</param>
public sealed record EmfTarget(IReadOnlyList<double> Values, IReadOnlyList<double> Counts, EmfStatistics? Statistics)
{
    /// <summary>Gets how many values it stands for.</summary>
    public double Count => this.Statistics?.Count ?? this.Counts.Sum();

    /// <summary>Gets the sum of what it stands for.</summary>
    public double Sum => this.Statistics?.Sum ?? this.Values.Zip(this.Counts, (value, count) => value * count).Sum();

    /// <summary>Gets the smallest value.</summary>
    public double Min => this.Statistics?.Min ?? this.Values.Min();

    /// <summary>Gets the largest value.</summary>
    public double Max => this.Statistics?.Max ?? this.Values.Max();

    /// <summary>Reads a value.</summary>
    /// <param name="target">The member of the root that the metric names.</param>
    /// <returns>The value.</returns>
    /// <exception cref="FormatException">It has none of the forms.</exception>
    public static EmfTarget Read(JsonElement target) => target.ValueKind switch
    {
        JsonValueKind.Number => new([Number(target)], [1], null),
        JsonValueKind.Array => OfArray(Numbers(target)),
        JsonValueKind.Object => OfObject(target.EnumerateObject().ToDictionary(member => member.Name, member => member.Value)),
        _ => throw new FormatException("is neither a number nor an array nor an object"),
    };

    private static EmfTarget OfArray(double[] values) => new(values, [.. values.Select(_ => 1d)], null);

    private static EmfTarget OfObject(Dictionary<string, JsonElement> members)
    {
        string[] pairs = ["Values", "Counts"];
        string[] statistics = ["Max", "Min", "Count", "Sum"];
        if (members.Count == 0 || members.Keys.Except([.. pairs, .. statistics]).Any())
        {
            throw new FormatException($"has the members {string.Join(", ", members.Keys)}");
        }

        var hasPairs = Has(pairs);
        var hasStatistics = Has(statistics);
        return new EmfTarget(
            hasPairs ? Numbers(members["Values"]) : [],
            hasPairs ? Numbers(members["Counts"]) : [],
            hasStatistics
                ? new EmfStatistics(Number(members["Max"]), Number(members["Min"]), Number(members["Count"]), Number(members["Sum"]))
                : null);

        bool Has(string[] names)
        {
            var present = names.Count(members.ContainsKey);
            return present == 0 || present == names.Length
                ? present > 0
                : throw new FormatException($"has only some of the members {string.Join(", ", names)}");
        }
    }

    private static double[] Numbers(JsonElement array) => array.ValueKind == JsonValueKind.Array
        ? [.. array.EnumerateArray().Select(Number)]
        : throw new FormatException("has no array where one belongs");

    private static double Number(JsonElement number) => number.ValueKind == JsonValueKind.Number
        ? number.GetDouble()
        : throw new FormatException("has something other than a number where one belongs");
}
