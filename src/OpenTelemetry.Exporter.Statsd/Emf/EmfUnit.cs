using System.Collections.Frozen;
using System.Text;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>A unit of CloudWatch, and what turns values of an instrument into values of it.</summary>
/// <remarks>Never changes; may be used by any thread. The default is <see cref="None"/>.</remarks>
internal readonly record struct EmfUnit
{
    private static readonly FrozenDictionary<string, EmfUnit> ByCode = Units().ToFrozenDictionary(unit => unit.Code, unit => unit.Unit);

    private static readonly FrozenDictionary<string, EmfUnit> ByName = ByCode.Values
        .Select(unit => new EmfUnit(unit.name))
        .Distinct()
        .ToFrozenDictionary(unit => Encoding.ASCII.GetString(unit.Name), StringComparer.OrdinalIgnoreCase);

    private readonly byte[]? name;

    // Both 0: values stay as they are.
    private readonly double multiplier;
    private readonly double divisor;

    private EmfUnit(byte[]? name, double multiplier = 0, double divisor = 0)
    {
        this.name = name;
        this.multiplier = multiplier;
        this.divisor = divisor;
    }

    /// <summary>No unit: the member is left out, which is CloudWatch's <c>None</c>.</summary>
    public static EmfUnit None => default;

    /// <summary>The name that CloudWatch knows, in ASCII; empty for <see cref="None"/>.</summary>
    public ReadOnlySpan<byte> Name => name;

    /// <summary>Whether <see cref="Scale"/> changes values.</summary>
    public bool IsScaled => divisor != 0;

    /// <summary>The unit for <paramref name="ucum"/>.</summary>
    /// <param name="ucum">
    /// A code of the Unified Code for Units of Measure, in which OpenTelemetry has units and whose case matters: <c>B</c> is a bel, not a byte. Or
    /// a name of CloudWatch's in any case. Anything else has no unit, for a wrong one would be worse.
    /// </param>
    public static EmfUnit Of(string? ucum)
    {
        if (string.IsNullOrEmpty(ucum))
        {
            return None;
        }

        if (ByCode.TryGetValue(ucum, out var unit) || ByName.TryGetValue(ucum, out unit))
        {
            return unit;
        }

        return IsAnnotation(ucum) ? ByName["Count"]
            : ucum.EndsWith("/s", StringComparison.Ordinal) && IsAnnotation(ucum.AsSpan(..^2)) ? ByName["Count/Second"]
            : None;
    }

    /// <summary>A value of the instrument as one of this unit. Rounds once: the factors are whole numbers, and where there are two, one is a power of two.</summary>
    public double Scale(double value) => IsScaled ? value * multiplier / divisor : value;

    public override string ToString() => name is null ? "None" : Encoding.ASCII.GetString(name);

    /// <summary>What is counted, as in <c>{request}</c>.</summary>
    private static bool IsAnnotation(ReadOnlySpan<char> text) =>
        text.Length > 2 && text[0] == '{' && text.IndexOf('}') == text.Length - 1;

    private static IEnumerable<(string Code, EmfUnit Unit)> Units()
    {
        byte[] seconds = [.. "Seconds"u8];
        byte[] microseconds = [.. "Microseconds"u8];
        yield return ("s", new(seconds));
        yield return ("min", new(seconds, 60, 1));
        yield return ("h", new(seconds, 3_600, 1));
        yield return ("d", new(seconds, 86_400, 1));
        yield return ("ms", new([.. "Milliseconds"u8]));
        yield return ("us", new(microseconds));
        yield return ("\u00B5s", new(microseconds));
        yield return ("\u03BCs", new(microseconds));
        yield return ("ns", new(microseconds, 1, 1_000));

        yield return ("%", new([.. "Percent"u8]));
        yield return ("{count}", new([.. "Count"u8]));
        yield return ("1/s", new([.. "Count/Second"u8]));

        foreach (var (code, name) in new[] { ("By", "bytes"), ("bit", "bits"), ("By/s", "bytes/Second"), ("bit/s", "bits/Second") })
        {
            yield return (code, new(Encoding.ASCII.GetBytes($"{char.ToUpperInvariant(name[0])}{name[1..]}")));

            var (binary, @decimal) = (1.0, 1.0);
            foreach (var prefix in new[] { "Kilo", "Mega", "Giga", "Tera" })
            {
                binary *= 1024;
                @decimal *= 1000;
                var prefixed = Encoding.ASCII.GetBytes(prefix + name);
                yield return ((prefix == "Kilo" ? "k" : prefix[..1]) + code, new(prefixed));
                yield return ($"{prefix[0]}i{code}", new(prefixed, binary, @decimal));
            }
        }
    }
}
