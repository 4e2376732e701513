namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Tells credentials that no request can carry, which are a mistake. What is wrong is said without saying what they are.</summary>
internal static class CredentialsValidation
{
    private const string Hidden = "a text that is not shown here";

    /// <summary>Adds what is wrong with the credentials of options, which have the same names wherever there are any.</summary>
    /// <param name="bearerToken">The token.</param>
    /// <param name="basicCredentials">The user and the password.</param>
    /// <param name="failures">Where to add.</param>
    public static void Validate(string? bearerToken, string? basicCredentials, OptionFailures failures)
    {
        failures.AddUnless(
            bearerToken is null || (bearerToken.Length > 0 && !bearerToken.AsSpan().ContainsAnyExceptInRange('!', '~')),
            nameof(PrometheusAspNetCoreOptions.BearerToken),
            Show(bearerToken),
            "ASCII characters without blanks and control characters, at least one, and without the word Bearer; or null for no token");
        failures.AddUnless(
            basicCredentials is null || (basicCredentials.IndexOf(':', StringComparison.Ordinal) > 0 && !basicCredentials.Any(char.IsControl)),
            nameof(PrometheusAspNetCoreOptions.BasicCredentials),
            Show(basicCredentials),
            "user:password with a user that is not empty, without control characters, or null for none");
    }

    /// <summary>Adds what is wrong with the credentials of requests to be made, each of which can carry one.</summary>
    /// <inheritdoc cref="Validate"/>
    public static void ValidateOne(string? bearerToken, string? basicCredentials, OptionFailures failures)
    {
        Validate(bearerToken, basicCredentials, failures);
        failures.AddUnless(
            bearerToken is null || basicCredentials is null,
            nameof(PrometheusPushgatewayOptions.BearerToken),
            Show(bearerToken),
            $"null where {nameof(PrometheusPushgatewayOptions.BasicCredentials)} is set, as a request carries one of them");
    }

    private static string Show(string? credential) => credential is "" ? "empty" : Hidden;
}
