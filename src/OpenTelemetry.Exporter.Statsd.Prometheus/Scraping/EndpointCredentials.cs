using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Tells whether a request carries the credential that the options ask for.</summary>
/// <remarks>
/// Never changes; may be used by any thread. Keeps digests instead of credentials. What a request presents is hashed as well, and digests
/// are compared in a time that depends on nothing, so that neither the length nor the beginning of a credential can be measured.
/// </remarks>
internal sealed class EndpointCredentials
{
    private const string Bearer = "Bearer";
    private const string Basic = "Basic";

    private readonly byte[]? token;
    private readonly byte[]? userAndPassword;

    private EndpointCredentials(string? bearerToken, string? basicCredentials)
    {
        var challenges = new List<string>();
        if (bearerToken is not null)
        {
            token = SHA256.HashData(BytesOf(bearerToken));
            challenges.Add($"{Bearer} realm=\"metrics\"");
        }

        if (basicCredentials is not null)
        {
            userAndPassword = SHA256.HashData(BytesOf(Convert.ToBase64String(Encoding.UTF8.GetBytes(basicCredentials))));
            challenges.Add($"{Basic} realm=\"metrics\", charset=\"UTF-8\"");
        }

        Challenge = challenges.ToArray();
    }

    /// <summary>The value of <c>WWW-Authenticate</c>: what is asked for.</summary>
    public StringValues Challenge { get; }

    /// <summary>What <paramref name="options"/>, which are valid, ask for; <see langword="null"/> if that is nothing.</summary>
    public static EndpointCredentials? Create(PrometheusAspNetCoreOptions options) =>
        options.BearerToken is null && options.BasicCredentials is null
            ? null
            : new EndpointCredentials(options.BearerToken, options.BasicCredentials);

    /// <summary>Whether a request with this <c>Authorization</c> may scrape. One credential has to be there, and no other.</summary>
    public bool Admits(in StringValues authorization)
    {
        if (authorization.Count != 1 || authorization[0] is not { } value)
        {
            return false;
        }

        var header = value.AsSpan();
        var blank = header.IndexOf(' ');
        if (blank < 0)
        {
            return false;
        }

        var presented = header[blank..].Trim(' ');
        return header[..blank] switch
        {
            var scheme when scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase) => Matches(presented, token),
            var scheme when scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase) => Matches(presented, userAndPassword),
            _ => false,
        };
    }

    private static bool Matches(ReadOnlySpan<char> presented, byte[]? expected)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(BytesOf(presented), digest);
        return expected is not null && CryptographicOperations.FixedTimeEquals(digest, expected);
    }

    /// <summary>Characters as they are in memory, which needs no buffer: both digests are taken in this process.</summary>
    private static ReadOnlySpan<byte> BytesOf(ReadOnlySpan<char> text) => MemoryMarshal.AsBytes(text);
}
