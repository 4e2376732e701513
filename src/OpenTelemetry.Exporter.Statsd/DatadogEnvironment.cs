using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter;

/// <summary>
/// Fills the options of a Datadog Agent's own fields that nobody has set from the variables that Datadog's clients read, and says
/// which of these it cannot read. Variables are set for a whole machine, so they mean nothing on another profile.
/// </summary>
internal sealed class DatadogEnvironment(IConfiguration configuration)
    : IPostConfigureOptions<StatsdExporterOptions>, IValidateOptions<StatsdExporterOptions>
{
    private const string OriginDetection = "DD_ORIGIN_DETECTION_ENABLED";
    private static readonly string[] CardinalityVariables = ["DD_CARDINALITY", "DATADOG_CARDINALITY"];
    private static readonly string[] On = ["1", "t", "true", "y", "yes", "on"];
    private static readonly string[] Off = ["0", "f", "false", "n", "no", "off"];

    public void PostConfigure(string? name, StatsdExporterOptions options)
    {
        if (options.Profile == StatsdProfile.DatadogAgent)
        {
            options.OriginDetection ??= Variable(OriginDetection) is { } text ? Switch(text) : null;
            options.ExternalData ??= options.OriginDetection is false ? null : Variable("DD_EXTERNAL_ENV");
            options.Cardinality ??= Cardinality() is { } cardinality ? Level(cardinality.Text) : null;
        }
    }

    public ValidateOptionsResult Validate(string? name, StatsdExporterOptions options)
    {
        var errors = new List<string>();
        if (options.Profile == StatsdProfile.DatadogAgent)
        {
            if (options.OriginDetection is null && Variable(OriginDetection) is { } text && Switch(text) is null)
            {
                Report(OriginDetection, text, [.. On, .. Off]);
            }

            if (options.Cardinality is null && Cardinality() is { } cardinality && Level(cardinality.Text) is null)
            {
                Report(cardinality.Variable, cardinality.Text, StatsdExporterOptionsExtensions.CardinalityLevels);
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Report(string variable, string value, string[] valid) =>
            errors.Add($"The environment variable {variable} is '{value}'. Valid: {string.Join(", ", valid)}.");
    }

    private static bool? Switch(string text) =>
        On.Contains(text, StringComparer.OrdinalIgnoreCase) ? true
        : Off.Contains(text, StringComparer.OrdinalIgnoreCase) ? false
        : null;

    private static DatadogCardinality? Level(string text)
    {
        var index = Array.FindIndex(
            StatsdExporterOptionsExtensions.CardinalityLevels, level => level.Equals(text, StringComparison.OrdinalIgnoreCase));
        return index < 0 ? null : (DatadogCardinality)index;
    }

    private (string Variable, string Text)? Cardinality()
    {
        foreach (var variable in CardinalityVariables)
        {
            if (Variable(variable) is { } text)
            {
                return (variable, text);
            }
        }

        return null;
    }

    private string? Variable(string key) => configuration[key]?.Trim() is { Length: > 0 } value ? value : null;
}
