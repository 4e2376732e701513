using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter;

/// <summary>Says what is wrong with options, all at once: each message names the option, its value and what would be valid.</summary>
internal sealed class StatsdExporterOptionsValidator : IValidateOptions<StatsdExporterOptions>
{
    private const int MinPacketBytes = 64;
    private const int MaxPacketBytes = 65_507;
    private const int MinBufferBytes = 65_536;
    private const int MinPacketsInBuffer = 4;
    private const int MaxBufferBytes = 1_073_741_824;
    private const int MaxPacketsPerBurst = 1024;
    private const int MaxPacketsPerSecond = 10_000_000;
    private const int MaxPrefixLength = 100;
    private const int MaxExternalDataBytes = 512;
    private const int MaxQuantileDecimals = 6;

    public ValidateOptionsResult Validate(string? name, StatsdExporterOptions options)
    {
        var errors = new OptionErrors(nameof(StatsdExporterOptions), name);
        if (!Endpoint.TryParse(options.Endpoint, out _))
        {
            errors.Report(nameof(options.Endpoint), options.Endpoint, Endpoint.ValidForms, options.EndpointSource);
        }

        if (!Enum.IsDefined(options.Profile))
        {
            errors.Report(nameof(options.Profile), options.Profile, string.Join(", ", Enum.GetNames<StatsdProfile>()));
        }

        if (options.ClientTelemetry && options.Profile != StatsdProfile.DatadogAgent)
        {
            errors.Report(nameof(options.ClientTelemetry), options.ClientTelemetry, $"False, or the {nameof(options.Profile)} {nameof(StatsdProfile.DatadogAgent)}");
        }

        if (options.MaxPacketBytes is < MinPacketBytes or > MaxPacketBytes)
        {
            errors.Report(nameof(options.MaxPacketBytes), options.MaxPacketBytes, $"{MinPacketBytes} to {MaxPacketBytes} bytes");
        }

        // A packet's default size is far below what would matter here.
        var minBufferBytes = Math.Max(MinBufferBytes, MinPacketsInBuffer * Math.Min(options.MaxPacketBytes ?? 0, MaxPacketBytes));
        if (options.MaxBufferBytes < minBufferBytes || options.MaxBufferBytes > MaxBufferBytes)
        {
            errors.Report(
                nameof(options.MaxBufferBytes),
                options.MaxBufferBytes,
                $"{minBufferBytes} to {MaxBufferBytes} bytes, with room for {MinPacketsInBuffer} packets of {nameof(options.MaxPacketBytes)}");
        }

        if (options.MaxPacketsPerBurst is < 1 or > MaxPacketsPerBurst)
        {
            errors.Report(nameof(options.MaxPacketsPerBurst), options.MaxPacketsPerBurst, $"1 to {MaxPacketsPerBurst} packets");
        }

        if (options.MaxPacketsPerSecond is < 1 or > MaxPacketsPerSecond)
        {
            errors.Report(nameof(options.MaxPacketsPerSecond), options.MaxPacketsPerSecond, $"1 to {MaxPacketsPerSecond} packets");
        }

        if (options.Prefix is null || options.Prefix.Length > MaxPrefixLength)
        {
            errors.Report(nameof(options.Prefix), options.Prefix, $"a text of at most {MaxPrefixLength} characters");
        }

        foreach (var (key, value) in options.Tags)
        {
            if (key.Length == 0 || value is null)
            {
                errors.Report(nameof(options.Tags), $"{key}:{value}", "a key that is not empty, with a value");
            }
        }

        foreach (var (attribute, key) in options.ResourceAttributes)
        {
            if (string.IsNullOrEmpty(key))
            {
                errors.Report(nameof(options.ResourceAttributes), $"{attribute}={key}", "an attribute with the key of its tag, which is not empty");
            }
        }

        StreamingOptionsValidation.Validate(options, errors);
        ValidateHistograms(options, errors);
        ValidateDatadogFields(options, errors);
        return errors.Result;
    }

    private static void ValidateHistograms(StatsdExporterOptions options, OptionErrors errors)
    {
        // What is valid follows from the profile; of one that is none, it is enough to say that.
        if (Enum.IsDefined(options.Profile))
        {
            var forms = Enum.GetValues<HistogramForm>().Where(each => options.Profile.Takes(each)).ToArray();
            var valid = $"{string.Join(", ", forms)} for the profile {options.Profile}";
            if (options.HistogramForm is { } form && !forms.Contains(form))
            {
                errors.Report(nameof(options.HistogramForm), form, valid);
            }

            foreach (var (pattern, own) in options.HistogramForms)
            {
                if (pattern.Length == 0 || !forms.Contains(own))
                {
                    errors.Report(nameof(options.HistogramForms), $"{pattern}={own}", $"a pattern that is not empty, with one of {valid}");
                }
            }
        }

        var seen = new HashSet<double>();
        foreach (var quantile in options.SummaryQuantiles ?? [])
        {
            if (quantile is not (> 0 and < 1) || Math.Round(quantile, MaxQuantileDecimals) != quantile || !seen.Add(quantile))
            {
                errors.Report(
                    nameof(options.SummaryQuantiles),
                    quantile.ToString(CultureInfo.InvariantCulture),
                    $"above 0 and below 1, with at most {MaxQuantileDecimals} decimals, none twice");
            }
        }
    }

    private static void ValidateDatadogFields(StatsdExporterOptions options, OptionErrors errors)
    {
        if (options.Profile != StatsdProfile.DatadogAgent)
        {
            var valid = $"not set, but for the profile {nameof(StatsdProfile.DatadogAgent)}";
            errors.ReportUnless(options.OriginDetection is not true, nameof(options.OriginDetection), options.OriginDetection, valid);
            errors.ReportUnless(options.ExternalData is null, nameof(options.ExternalData), options.ExternalData, valid);
            errors.ReportUnless(options.Cardinality is null, nameof(options.Cardinality), options.Cardinality, valid);
            return;
        }

        errors.ReportUnless(
            options.ExternalData is not { } data || Encoding.UTF8.GetByteCount(data) <= MaxExternalDataBytes,
            nameof(options.ExternalData),
            $"{options.ExternalData?[..Math.Min(32, options.ExternalData.Length)]}...",
            $"at most {MaxExternalDataBytes} bytes");
        errors.ReportUnless(
            options.Cardinality is not { } level || Enum.IsDefined(level),
            nameof(options.Cardinality),
            options.Cardinality,
            string.Join(", ", Enum.GetNames<DatadogCardinality>()));
    }
}
