using System.Globalization;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Turns options that cannot be honoured into an error that names them.</summary>
internal static class PrometheusOptionsValidation
{
    /// <summary>Throws unless all of <paramref name="options"/> can be honoured.</summary>
    public static void Validate(string name, PrometheusAspNetCoreOptions options)
    {
        var failures = new List<string>();
        if (options.ScrapeEndpointPath is { } path && (path.Length == 0 || path[^1] == '/' || path.AsSpan().ContainsAny('?', '#')))
        {
            Fail(
                nameof(options.ScrapeEndpointPath),
                $"'{path}'",
                "a path such as '/metrics', without query or fragment, not ending in '/', or null for that default");
        }

        if (options.ScrapeResponseCacheDurationMilliseconds < 0)
        {
            Fail(
                nameof(options.ScrapeResponseCacheDurationMilliseconds),
                options.ScrapeResponseCacheDurationMilliseconds.ToString(CultureInfo.InvariantCulture),
                "0 (no caching) or more");
        }

        if (options.MaxScrapeResponseSizeBytes < 1)
        {
            Fail(
                nameof(options.MaxScrapeResponseSizeBytes),
                options.MaxScrapeResponseSizeBytes.ToString(CultureInfo.InvariantCulture),
                "1 or more");
        }

        if (!Enum.IsDefined(options.TranslationStrategy))
        {
            Fail(
                nameof(options.TranslationStrategy),
                options.TranslationStrategy.ToString(),
                string.Join(", ", Enum.GetNames<PrometheusTranslationStrategy>()));
        }

        if (failures.Count > 0)
        {
            throw new OptionsValidationException(name, typeof(PrometheusAspNetCoreOptions), failures);
        }

        void Fail(string option, string value, string valid)
        {
            var exporter = name.Length == 0 ? string.Empty : $" of exporter '{name}'";
            failures.Add($"{nameof(PrometheusAspNetCoreOptions)}.{option}{exporter} is {value}; valid is {valid}.");
        }
    }
}
