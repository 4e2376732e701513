using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;

namespace OpenTelemetry.Exporter.Prometheus.Tests;

/// <summary>Lines of a header as no decent client sends them.</summary>
internal static class HostileHeaders
{
    private static readonly Gen<char> Characters = Gen.OneOf(
        Gen.Elements(',', ';', '=', '"', '\\', '/', '*', ' ', '\t', 'q', '0', '1', '.', '-', 'e', '\0', '\n', 'é', '\ud83d'),
        ArbMap.Default.GeneratorFor<char>());

    private static readonly string[] Fillers = [",", ";", "=", "\"", "\\", "\\\"", " ", "0", "*"];

    private static readonly Gen<string> Soup = Characters.ArrayOf().Select(characters => new string(characters));

    /// <summary>
    /// Arbitrary texts, <paramref name="valid"/> ones, and those with characters changed, in any number of lines.
    /// </summary>
    public static Gen<StringValues> From(params string[] valid)
    {
        var list = Gen.Elements(valid).ArrayOf().Select(items => string.Join(',', items));
        var mutated = Gen.OneOf(list, Gen.Elements(valid)).SelectMany(Mutate);
        var text = Gen.OneOf(ArbMap.Default.GeneratorFor<string>(), Soup, list, mutated);
        return text.ArrayOf().Select(lines => new StringValues(lines));
    }

    /// <summary>
    /// Lines of a million characters, that being more than a server lets through, out of pieces of <paramref name="valid"/> ones and
    /// of single characters. What takes time in proportion to their length is done with them at once, and anything else never.
    /// </summary>
    public static IEnumerable<string> Long(params string[] valid) =>
        from text in valid.Append(string.Empty)
        from separator in Fillers
        let piece = text + separator
        select string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));

    private static Gen<string> Mutate(string text) =>
        from changes in Gen.Choose(1, 5)
        from positions in Gen.Choose(0, int.MaxValue - 1).ArrayOf(changes)
        from kinds in Gen.Choose(0, 2).ArrayOf(changes)
        from characters in Characters.ArrayOf(changes)
        select Enumerable.Range(0, changes).Aggregate(text, (mutated, change) =>
        {
            var position = positions[change] % (mutated.Length + 1);
            var character = characters[change].ToString();
            return kinds[change] switch
            {
                0 => mutated.Insert(position, character),
                1 => mutated[..position],
                _ when position < mutated.Length => mutated.Remove(position, 1).Insert(position, character),
                _ => mutated,
            };
        });
}
