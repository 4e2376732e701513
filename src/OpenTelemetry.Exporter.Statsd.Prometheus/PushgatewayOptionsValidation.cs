using System.Buffers;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>Turns options of the Pushgateway exporter that cannot be honoured into an error that names them.</summary>
/// <remarks>No message has a credential in it.</remarks>
internal static class PushgatewayOptionsValidation
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromDays(1);

    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    /// <summary>Throws unless all of <paramref name="options"/> can be honoured.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public static void Validate(string name, PrometheusPushgatewayOptions options)
    {
        var failures = new OptionFailures(typeof(PrometheusPushgatewayOptions), name);
        failures.AddUnless(
            IsEndpoint(options.Endpoint),
            nameof(options.Endpoint),
            Show(options.Endpoint),
            "an absolute http or https URL such as 'http://localhost:9091', without query, fragment or credentials, for which there are options");
        ValidateGroup(options, failures);
        failures.AddUnless(
            Enum.IsDefined(options.Method), nameof(options.Method), options.Method.ToString(), string.Join(", ", Enum.GetNames<PushgatewayMethod>()));
        failures.AddUnless(
            options.Timeout >= MinTimeout && options.Timeout <= MaxTimeout,
            nameof(options.Timeout),
            options.Timeout.ToString(),
            $"{MinTimeout} to {MaxTimeout}");
        CredentialsValidation.ValidateOne(options.BearerToken, options.BasicCredentials, failures);
        PrometheusOptionsValidation.ValidateExposition(options, failures);
        failures.ThrowIfAny();
    }

    private static void ValidateGroup(PrometheusPushgatewayOptions options, OptionFailures failures)
    {
        failures.AddUnless(
            !string.IsNullOrEmpty(options.Job),
            nameof(options.Job),
            options.Job is null ? "null" : "''",
            $"text that is not empty; by default it is {PushgatewayEnvironment.ServiceName}, or service.name in {PushgatewayEnvironment.ResourceAttributes}, "
            + "neither of which is set either; a name that code gives the resource, as AddService does, is not used");
        foreach (var (label, value) in options.GroupingKey)
        {
            failures.AddUnless(
                IsGroupingLabel(label),
                nameof(options.GroupingKey),
                $"'{label}'='{value}'",
                "a name of letters, digits and '_' that does not begin with a digit or '__', and is neither 'job', which is an option, nor 'le', which buckets have");
            failures.AddUnless(value is not null, nameof(options.GroupingKey), $"'{label}'=null", "a value that is not null");
        }
    }

    private static bool IsEndpoint(Uri? endpoint) =>
        endpoint is { IsAbsoluteUri: true, Query: "", Fragment: "", UserInfo: "" }
        && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps);

    private static bool IsGroupingLabel(string label) =>
        label is not ("" or "job" or "le")
        && !char.IsAsciiDigit(label[0])
        && !label.StartsWith("__", StringComparison.Ordinal)
        && !label.AsSpan().ContainsAnyExcept(LabelCharacters);

    private static string Show(Uri? endpoint) => endpoint switch
    {
        null => "null",
        { IsAbsoluteUri: true, UserInfo.Length: > 0 } => $"'{endpoint.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)}' with credentials",
        _ => $"'{endpoint.OriginalString}'",
    };
}
