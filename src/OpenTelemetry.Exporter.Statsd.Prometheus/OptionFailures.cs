using System.Globalization;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Collects what is wrong with options, to say it all at once.</summary>
/// <param name="type">The type of the options.</param>
/// <param name="name">The name of the exporter and its options.</param>
internal sealed class OptionFailures(Type type, string name)
{
    private readonly List<string> messages = [];

    /// <summary>Adds a failure unless <paramref name="isValid"/>.</summary>
    /// <param name="isValid">Whether the option can be honoured.</param>
    /// <param name="option">The name of the option.</param>
    /// <param name="value">Its value, as it shall be printed.</param>
    /// <param name="valid">What would be valid.</param>
    public void AddUnless(bool isValid, string option, string value, string valid)
    {
        if (!isValid)
        {
            var exporter = name.Length == 0 ? string.Empty : $" of exporter '{name}'";
            messages.Add($"{type.Name}.{option}{exporter} is {value}; valid is {valid}.");
        }
    }

    /// <inheritdoc cref="AddUnless(bool, string, string, string)"/>
    public void AddUnless(bool isValid, string option, int? value, string valid) =>
        AddUnless(isValid, option, value?.ToString(CultureInfo.InvariantCulture) ?? "null", valid);

    /// <exception cref="OptionsValidationException">There are failures.</exception>
    public void ThrowIfAny()
    {
        if (messages.Count > 0)
        {
            throw new OptionsValidationException(name, type, messages);
        }
    }
}
