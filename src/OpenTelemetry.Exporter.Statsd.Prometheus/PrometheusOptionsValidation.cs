using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Turns options that cannot be honoured into an error that names them.</summary>
internal static class PrometheusOptionsValidation
{
    /// <summary>Throws unless all of <paramref name="options"/> can be honoured.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public static void Validate(string name, PrometheusAspNetCoreOptions options)
    {
        var failures = new OptionFailures(typeof(PrometheusAspNetCoreOptions), name);
        failures.AddUnless(
            IsPath(options.ScrapeEndpointPath),
            nameof(options.ScrapeEndpointPath),
            $"'{options.ScrapeEndpointPath}'",
            "a path such as '/metrics', without query, fragment, '//' and the '{', '}' and '*' of route patterns, or null for that default");
        failures.AddUnless(
            options.ScrapeResponseCacheDurationMilliseconds >= 0,
            nameof(options.ScrapeResponseCacheDurationMilliseconds),
            options.ScrapeResponseCacheDurationMilliseconds,
            "0 (no caching) or more");
        failures.AddUnless(
            options.MaxScrapeResponseSizeBytes >= 1,
            nameof(options.MaxScrapeResponseSizeBytes),
            options.MaxScrapeResponseSizeBytes,
            "1 or more");
        failures.AddUnless(
            options.ScrapeResponseTimeoutMilliseconds >= 1,
            nameof(options.ScrapeResponseTimeoutMilliseconds),
            options.ScrapeResponseTimeoutMilliseconds,
            "1 or more");
        failures.AddUnless(
            options.MaxScrapeSeries is not < 1, nameof(options.MaxScrapeSeries), options.MaxScrapeSeries, "1 or more, or null for no limit");
        failures.AddUnless(
            options.Port is null or (>= 1 and <= IPEndPoint.MaxPort),
            nameof(options.Port),
            options.Port,
            "1 to 65535, or null for no server of its own");
        failures.AddUnless(
            options.Host is "localhost" or "*" || IsAddress(options.Host),
            nameof(options.Host),
            $"'{options.Host}'",
            "localhost, an IP address such as 127.0.0.1 or ::1 without brackets and port, or * for all interfaces");
        CredentialsValidation.Validate(options.BearerToken, options.BasicCredentials, failures);
        ValidateExposition(options, failures);
        failures.ThrowIfAny();
    }

    /// <summary>Adds what is wrong with what all exporters have in common.</summary>
    public static void ValidateExposition(PrometheusExpositionOptions options, OptionFailures failures)
    {
        failures.AddUnless(
            Enum.IsDefined(options.TranslationStrategy),
            nameof(options.TranslationStrategy),
            options.TranslationStrategy.ToString(),
            string.Join(", ", Enum.GetNames<PrometheusAspNetCoreTranslationStrategy>()));
        failures.AddUnless(
            options.MaxExponentialHistogramBuckets >= 2,
            nameof(options.MaxExponentialHistogramBuckets),
            options.MaxExponentialHistogramBuckets,
            "2 or more");
        ValidateKeys(nameof(options.AllowedAttributes), options.AllowedAttributes, failures);
        ValidateKeys(nameof(options.ExcludedAttributes), options.ExcludedAttributes, failures);
    }

    /// <summary>Neither a URL, nor a pattern that would answer on other paths as well.</summary>
    private static bool IsPath(string? path) =>
        path is null || (!path.AsSpan().ContainsAny("?#{}*") && !path.Contains("//", StringComparison.Ordinal) && !path.Any(char.IsControl));

    /// <summary>Numbers, and addresses with fewer than four of them, parse as addresses too, but hardly ever are what was meant.</summary>
    private static bool IsAddress(string? host) =>
        IPAddress.TryParse(host, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 ? !host.Contains('[', StringComparison.Ordinal) : address.ToString() == host);

    private static void ValidateKeys(string option, IList<string>? keys, OptionFailures failures)
    {
        foreach (var key in keys ?? [])
        {
            failures.AddUnless(
                !string.IsNullOrEmpty(key) && !key.AsSpan(0, key.Length - 1).Contains('*'),
                option,
                $"'{key}'",
                "keys of attributes, which may end in *, or null");
        }
    }
}
