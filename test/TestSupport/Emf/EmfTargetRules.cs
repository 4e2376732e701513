using System.Text.Json;

namespace TestSupport;

/// <summary>What the value of a metric may be.</summary>
internal static class EmfTargetRules
{
    /// <summary>The most values of a metric: with more CloudWatch takes nothing of the document.</summary>
    private const int MostValues = 100;

    private static readonly double Largest = Math.Pow(2, 360);
    private static readonly double Smallest = Math.Pow(2, -360);

    /// <summary>Judges a value.</summary>
    /// <param name="target">The member of the root that the metric names.</param>
    /// <param name="sumTolerance">See <see cref="EmfRules.SumTolerance"/>.</param>
    /// <returns>What is wrong with it.</returns>
    public static IEnumerable<string> Violations(JsonElement target, double sumTolerance)
    {
        EmfTarget read;
        try
        {
            read = EmfTarget.Read(target);
        }
        catch (FormatException exception)
        {
            return [exception.Message];
        }

        return [.. OfValues(target, read), .. read.Statistics is { } statistics ? OfStatistics(read, statistics, sumTolerance) : []];
    }

    private static IEnumerable<string> OfValues(JsonElement target, EmfTarget read)
    {
        var hasValues = target.ValueKind != JsonValueKind.Object || target.TryGetProperty("Values", out _);
        if (hasValues && read.Values.Count is 0 or > MostValues)
        {
            yield return $"has {read.Values.Count} values";
        }

        if (read.Values.Count != read.Counts.Count)
        {
            yield return $"has {read.Values.Count} values and {read.Counts.Count} counts";
        }

        foreach (var value in read.Values.Where(value => !IsInRange(value)))
        {
            yield return $"is out of range: {value}";
        }

        foreach (var count in read.Counts.Where(count => !IsCount(count)))
        {
            yield return $"has the count {count}";
        }
    }

    private static IEnumerable<string> OfStatistics(EmfTarget read, EmfStatistics statistics, double sumTolerance)
    {
        var (max, min, count, sum) = statistics;
        if (!IsInRange(max) || !IsInRange(min) || !IsInRange(sum))
        {
            yield return $"is out of range: {statistics}";
        }

        if (!IsCount(count))
        {
            yield return $"has the count {count}";
        }

        if (min > max)
        {
            yield return $"has the minimum {min} above the maximum {max}";
        }

        var slack = sumTolerance * count * Math.Max(Math.Abs(min), Math.Abs(max));
        if (sum < (min * count) - slack || sum > (max * count) + slack)
        {
            yield return $"has the sum {sum} of {count} values from {min} to {max}";
        }

        if (read.Values.Count > 0 && read.Counts.Sum() != count)
        {
            yield return $"has the count {count} but counts of {read.Counts.Sum()}";
        }

        foreach (var value in read.Values.Where(value => value < min || value > max))
        {
            yield return $"has the value {value} outside {min} to {max}";
        }
    }

    // Not a number is in no range.
    private static bool IsInRange(double value) => value == 0 || (Math.Abs(value) >= Smallest && Math.Abs(value) <= Largest);

    private static bool IsCount(double count) => count > 0 && double.IsInteger(count);
}
