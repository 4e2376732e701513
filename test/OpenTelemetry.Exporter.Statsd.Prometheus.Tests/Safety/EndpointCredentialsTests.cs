using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Primitives;
using OpenTelemetry.Exporter.Prometheus.Scraping;
using TestSupport;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Safety;

public sealed class EndpointCredentialsTests
{
    private const string Token = "s3cr3t-Token==";

    /// <summary><c>jörg:pä:ss</c> in UTF-8.</summary>
    private const string Basic = "asO2cmc6cMOkOnNz";

    private static readonly EndpointCredentials Both = EndpointCredentials.Create(
        new() { BearerToken = Token, BasicCredentials = "j\u00F6rg:p\u00E4:ss" })!;

    public static TheoryData<string> Hostile =>
    [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Basic ",
        Token,
        Basic,
        $"Bearer{Token}",
        $"Bearer\t{Token}",
        $"Bearer:{Token}",
        $" Bearer {Token}",
        $"Bearer {Token} x",
        $"Bearer {Token},",
        $"Bearer \"{Token}\"",
        $"Bearer {Token}\0",
        $"Bearer \0{Token}",
        $"Bearer {Token[..^1]}",
        $"Bearer {Token}=",
        $"Bearer {Token.ToUpperInvariant()}",
        $"Bearer {Basic}",
        $"Basic {Token}",
        $"Basic {Basic}=",
        "Basic asO2cmc6cMOkOnN",
        "Basic YXNPMmNtYzZjTU9rT25Oeg==",
        "Basic avZyZzpw5Dpzcw==",
        "Basic j\u00F6rg:p\u00E4:ss",
        $"Digest {Token}",
        $"B\u0435arer {Token}",
        $"Bearer x, Bearer {Token}",
        $"Bearer {new string('a', 100_000)}",
        "Bearer \uD800",
    ];

    [Fact]
    public void Nothing_asked_for_is_nothing() => Assert.Null(EndpointCredentials.Create(new()));

    [Theory]
    [InlineData($"Bearer {Token}")]
    [InlineData($"bEARER {Token}")]
    [InlineData($"Bearer   {Token} ")]
    [InlineData($"Basic {Basic}")]
    [InlineData($"BASIC {Basic}")]
    public void Either_credential_is_admitted(string authorization) => Assert.True(Both.Admits(authorization));

    [Theory]
    [MemberData(nameof(Hostile), DisableDiscoveryEnumeration = true)]
    public void Anything_else_is_not(string authorization) => Assert.False(Both.Admits(authorization));

    [Theory]
    [InlineData]
    [InlineData($"Bearer {Token}", $"Bearer {Token}")]
    [InlineData($"Bearer {Token}", "Bearer x")]
    [InlineData($"Bearer {Token}", $"Basic {Basic}")]
    public void Nor_are_headers_that_are_not_exactly_one(params string[] authorization) => Assert.False(Both.Admits(authorization));

    [Fact]
    public void What_is_not_configured_is_neither_admitted_nor_asked_for()
    {
        var bearer = EndpointCredentials.Create(new() { BearerToken = Token })!;
        var basic = EndpointCredentials.Create(new() { BasicCredentials = "user:" })!;

        Assert.Equal(["Bearer realm=\"metrics\""], bearer.Challenge.AsEnumerable());
        Assert.Equal(["Basic realm=\"metrics\", charset=\"UTF-8\""], basic.Challenge.AsEnumerable());
        Assert.Equal(2, Both.Challenge.Count);
        Assert.True(bearer.Admits($"Bearer {Token}"));
        Assert.False(bearer.Admits($"Basic {Token}"));
        Assert.False(bearer.Admits("Basic "));
        Assert.True(basic.Admits("Basic dXNlcjo="));
        Assert.False(basic.Admits("Bearer dXNlcjo="));
    }

    [Fact]
    public void No_arbitrary_header_is_admitted()
    {
        var any = ArbMap.Default.GeneratorFor<string?>().Select(text => text ?? string.Empty);
        var credential = Gen.OneOf(any, Gen.Elements(Token, Basic).SelectMany(Spoil));
        var header = Gen.OneOf(
            any,
            from scheme in Gen.OneOf(any, Gen.Elements("Bearer ", "Basic ", "bearer  ", "BASIC "))
            from text in credential
            select scheme + text);

        Check.One(
            RandomCases.Of(5000),
            Prop.ForAll(header.ToArbitrary(), value => !Both.Admits(value) || value is $"Bearer {Token}" or $"Basic {Basic}"));
    }

    [Fact]
    public void Checking_allocates_nothing()
    {
        StringValues authorization = $"Bearer {Token}";
        Assert.Equal(0, Allocated.AtLeastBy(() =>
        {
            for (var repeat = 0; repeat < 100; repeat++)
            {
                Both.Admits(authorization);
            }
        }));
    }

    /// <summary>Another text that is nearly the same.</summary>
    private static Gen<string> Spoil(string credential) =>
        from place in Gen.Choose(0, credential.Length - 1)
        from character in Gen.Choose('!', '~').Select(code => (char)code)
        from spoiled in Gen.Elements(
            credential.Remove(place, 1),
            credential.Insert(place, character.ToString()),
            credential.Remove(place, 1).Insert(place, character.ToString()),
            credential[..place])
        where spoiled != credential
        select spoiled;
}
