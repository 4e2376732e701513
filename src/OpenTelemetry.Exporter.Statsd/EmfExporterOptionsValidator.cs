using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter;

/// <summary>Says what is wrong with options.</summary>
internal sealed class EmfExporterOptionsValidator : IValidateOptions<EmfExporterOptions>
{
    private const int MinPacketBytes = 1024;
    private const int MinBufferBytes = 65_536;
    private const int MinPacketsInBuffer = 4;
    private const int MaxBufferBytes = 1_073_741_824;
    private const int MaxPacketsPerBurst = 1024;
    private const int MaxPacketsPerSecond = 10_000_000;
    private const int MaxDimensions = 30;
    private const int MaxDimensionSets = 30;
    private const string ValidPattern = "a pattern that is not empty, in which * stands for any characters";

    public ValidateOptionsResult Validate(string? name, EmfExporterOptions options)
    {
        var errors = new OptionErrors(nameof(EmfExporterOptions), name);
        ValidateDestination(options, errors);
        ValidateSizes(options, errors);
        ValidateDimensions(options, errors);
        ValidateMembers(options, errors);
        ValidatePatterns(nameof(options.IncludedDimensions), options.IncludedDimensions, errors);
        ValidatePatterns(nameof(options.ExcludedDimensions), options.ExcludedDimensions, errors);
        ValidatePatterns(nameof(options.HighResolutionMetrics), options.HighResolutionMetrics, errors);
        errors.ReportUnless(
            Enum.IsDefined(options.HistogramForm), nameof(options.HistogramForm), options.HistogramForm, string.Join(", ", Enum.GetNames<EmfHistogramForm>()));
        return errors.Result;
    }

    private static void ValidateDestination(EmfExporterOptions options, OptionErrors errors)
    {
        var source = SourceOf(options, nameof(options.Endpoint), options.Endpoint);
        if (source == EmfEnvironment.Kind)
        {
            errors.Report(nameof(options.Endpoint), options.Endpoint, EmfEnvironment.ValidKinds, source);
        }
        else if (options.ParseEndpoint() is null)
        {
            errors.Report(nameof(options.Endpoint), options.Endpoint, Endpoint.ValidForms, source);
        }

        ValidateText(nameof(options.Namespace), options.Namespace, EmfNames.IsNamespace, EmfNames.ValidNamespace);
        ValidateText(nameof(options.LogGroupName), options.LogGroupName, EmfNames.IsLogGroup, EmfNames.ValidLogGroup);
        ValidateText(nameof(options.LogStreamName), options.LogStreamName, EmfNames.IsLogStream, EmfNames.ValidLogStream);

        void ValidateText(string option, string? text, Func<string, bool> isValid, string valid) =>
            errors.ReportUnless(text is null || isValid(text), option, text, valid, SourceOf(options, option, text));
    }

    private static void ValidateSizes(EmfExporterOptions options, OptionErrors errors)
    {
        // What is valid follows from the endpoint; of one that is none, it is enough to say that.
        var maxPacketBytes = options.ParseEndpoint()?.MaxDocumentBytes() ?? EmfExporterOptionsExtensions.MaxLineBytes;
        errors.ReportUnless(
            options.MaxPacketBytes is null || (options.MaxPacketBytes >= MinPacketBytes && options.MaxPacketBytes <= maxPacketBytes),
            nameof(options.MaxPacketBytes),
            options.MaxPacketBytes,
            $"{MinPacketBytes} to {maxPacketBytes} bytes");

        var minBufferBytes = Math.Max(MinBufferBytes, MinPacketsInBuffer * Math.Min(options.MaxPacketBytes ?? maxPacketBytes, maxPacketBytes));
        errors.ReportUnless(
            options.MaxBufferBytes >= minBufferBytes && options.MaxBufferBytes <= MaxBufferBytes,
            nameof(options.MaxBufferBytes),
            options.MaxBufferBytes,
            $"{minBufferBytes} to {MaxBufferBytes} bytes, with room for {MinPacketsInBuffer} packets of {nameof(options.MaxPacketBytes)}");
        errors.ReportUnless(
            options.MaxPacketsPerBurst is >= 1 and <= MaxPacketsPerBurst,
            nameof(options.MaxPacketsPerBurst),
            options.MaxPacketsPerBurst,
            $"1 to {MaxPacketsPerBurst} packets");
        errors.ReportUnless(
            options.MaxPacketsPerSecond is >= 1 and <= MaxPacketsPerSecond,
            nameof(options.MaxPacketsPerSecond),
            options.MaxPacketsPerSecond,
            $"1 to {MaxPacketsPerSecond} packets");
    }

    private static void ValidateDimensions(EmfExporterOptions options, OptionErrors errors)
    {
        foreach (var (name, value) in options.Dimensions)
        {
            var text = $"{name}={value}";
            errors.ReportUnless(
                EmfNames.IsDimensionName(name) && EmfNames.IsDimensionValue(value),
                nameof(options.Dimensions),
                text,
                EmfNames.ValidDimension,
                SourceOf(options, nameof(options.Dimensions), text));
        }

        ValidateRenames(nameof(options.ResourceDimensions), options.ResourceDimensions, EmfNames.IsDimensionName, EmfNames.ValidDimensionName, errors);
        var count = options.Dimensions.Keys.Union(options.ResourceDimensions.Values).Count();
        errors.ReportUnless(
            count <= MaxDimensions,
            nameof(options.Dimensions),
            $"{count} dimensions",
            $"at most {MaxDimensions} with those of {nameof(options.ResourceDimensions)}");
        foreach (var rule in options.DimensionSets)
        {
            Validate(rule, errors);
        }
    }

    private static void Validate(DimensionSetRule rule, OptionErrors errors)
    {
        var call = $"{nameof(EmfExporterOptions.UseDimensionSets)}(\"{rule.Metrics}\")";
        errors.ReportUnless(rule.Metrics.ToString().Length > 0, call, rule.Metrics, ValidPattern);
        errors.ReportUnless(
            rule.Sets.Count is >= 1 and <= MaxDimensionSets, call, $"{rule.Sets.Count} sets", $"1 to {MaxDimensionSets} sets; [[]] for the empty set alone");
        foreach (var set in rule.Sets)
        {
            errors.ReportUnless(
                set.Count <= MaxDimensions && set.Distinct().Count() == set.Count && set.All(name => !string.IsNullOrEmpty(name)),
                call,
                string.Join(", ", set),
                $"at most {MaxDimensions} names that are not empty, none twice");
        }
    }

    private static void ValidateMembers(EmfExporterOptions options, OptionErrors errors)
    {
        foreach (var (name, value) in options.Members)
        {
            errors.ReportUnless(
                EmfNames.IsMemberName(name) && value is not null, nameof(options.Members), $"{name}={value}", $"{EmfNames.ValidMemberName}, with a value");
        }

        ValidateRenames(nameof(options.ResourceMembers), options.ResourceMembers, EmfNames.IsMemberName, EmfNames.ValidMemberName, errors);
        EmfEntity.Validate(options.Entity, errors);
    }

    private static void ValidateRenames(
        string option, IDictionary<string, string> attributes, Func<string?, bool> isName, string validName, OptionErrors errors)
    {
        var seen = new HashSet<string?>(StringComparer.Ordinal);
        foreach (var (attribute, name) in attributes)
        {
            errors.ReportUnless(
                attribute.Length > 0 && isName(name) && seen.Add(name), option, $"{attribute}={name}", $"an attribute that is not empty, with {validName}, none twice");
        }
    }

    private static void ValidatePatterns(string option, IList<string> patterns, OptionErrors errors)
    {
        foreach (var pattern in patterns)
        {
            errors.ReportUnless(!string.IsNullOrEmpty(pattern), option, pattern, ValidPattern);
        }
    }

    private static string? SourceOf(EmfExporterOptions options, string option, string? value) =>
        value is not null && options.Sources.TryGetValue((option, value), out var source) ? source : null;
}
