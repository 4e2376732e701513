using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter;

/// <summary>Collects what is wrong with options, all at once: each message names the option, its value and what would be valid.</summary>
/// <param name="type">The type of the options.</param>
/// <param name="name">The name of the options.</param>
internal sealed class OptionErrors(string type, string? name)
{
    private readonly List<string> messages = [];

    public ValidateOptionsResult Result => messages.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(messages);

    /// <param name="option">The name of the option.</param>
    /// <param name="value">Its value, which is not valid.</param>
    /// <param name="valid">What would be.</param>
    /// <param name="source">Where the value comes from, unless somebody set it.</param>
    public void Report(string option, object? value, string valid, string? source = null) => messages.Add(
        $"{type}{(string.IsNullOrEmpty(name) ? string.Empty : $" '{name}'")}: "
        + $"{option} is '{value}'{(source is null ? string.Empty : $", from {source}")}. Valid: {valid}.");

    /// <inheritdoc cref="Report"/>
    public void ReportUnless(bool isValid, string option, object? value, string valid, string? source = null)
    {
        if (!isValid)
        {
            Report(option, value, valid, source);
        }
    }
}
