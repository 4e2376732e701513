using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests;

public sealed class NamePatternTests
{
    private static readonly Gen<(string Pattern, string Name)> Inputs =
        from pattern in Gen.Elements('a', 'A', 'b', '.', 'é', 'É', '*', '*').ListOf()
        from name in Gen.Elements('a', 'A', 'b', 'B', '.', 'é').ListOf()
        from isMade in Gen.Elements(true, false)
        select (new string([.. pattern]), isMade ? Made(pattern, name) : new string([.. name]));

    [Fact]
    public void A_name_matches_as_it_does_letter_by_letter() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var (pattern, name) = input;
        Assert.Equal(MatchesSlowly(pattern, name), new NamePattern(pattern).Matches(name));
        Assert.Equal(pattern.Count(letter => letter != '*'), new NamePattern(pattern).Specificity);
        Assert.Equal(pattern, new NamePattern(pattern).ToString());
    }).Check(RandomCases.Of(20_000).WithEndSize(12));

    [Theory]
    [InlineData("http.server.request.duration", "HTTP.Server.Request.Duration", true)]
    [InlineData("http.*", "http.server.request.duration", true)]
    [InlineData("http.*", "http", false)]
    [InlineData("*.duration", "http.server.request.duration", true)]
    [InlineData("http.*.request.*", "http.server.request.duration", true)]
    [InlineData("http.*.response.*", "http.server.request.duration", false)]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("ab*ba", "aba", false)]
    [InlineData("a?b", "axb", false)]
    [InlineData("a.b", "axb", false)]
    public void A_star_stands_for_any_characters_and_everything_else_for_itself(string pattern, string name, bool expected) =>
        Assert.Equal(expected, new NamePattern(pattern).Matches(name));

    /// <summary>A name that the pattern may well match.</summary>
    private static string Made(IEnumerable<char> pattern, List<char> letters)
    {
        var next = 0;
        return string.Concat(pattern.Select(letter => letter != '*' ? $"{letter}" : letters.Count == 0 ? string.Empty : $"{letters[next++ % letters.Count]}"));
    }

    private static bool MatchesSlowly(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (pattern.Length == 0)
        {
            return name.Length == 0;
        }

        return pattern[0] == '*'
            ? MatchesSlowly(pattern[1..], name) || (name.Length > 0 && MatchesSlowly(pattern, name[1..]))
            : name.Length > 0 && char.ToUpperInvariant(pattern[0]) == char.ToUpperInvariant(name[0]) && MatchesSlowly(pattern[1..], name[1..]);
    }
}
