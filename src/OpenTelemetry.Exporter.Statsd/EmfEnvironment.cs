using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace OpenTelemetry.Exporter;

/// <summary>
/// Fills options that nobody has set from the variables that AWS's EMF clients read. <c>AWS_EMF_AGENT_BUFFER_SIZE</c> is not among them: it counts items,
/// <see cref="EmfExporterOptions.MaxBufferBytes"/> bytes. Nothing is asked of a metadata service, which would block.
/// </summary>
internal sealed class EmfEnvironment(IConfiguration configuration) : IPostConfigureOptions<EmfExporterOptions>
{
    /// <summary>The variable that names the kind of environment, of which the endpoint follows.</summary>
    public const string Kind = "AWS_EMF_ENVIRONMENT";

    /// <summary>What <see cref="Kind"/> may be.</summary>
    public const string ValidKinds = "Local, Lambda, Agent, EC2, ECS";

    private const string AgentEndpoint = "AWS_EMF_AGENT_ENDPOINT";
    private const string ServiceName = "AWS_EMF_SERVICE_NAME";
    private const string LambdaFunction = "AWS_LAMBDA_FUNCTION_NAME";
    private const string LocalAgent = "tcp://127.0.0.1:25888";
    private const string StandardOutput = "stdout:";

    public void PostConfigure(string? name, EmfExporterOptions options)
    {
        options.Endpoint ??= Read(options, nameof(options.Endpoint), AgentEndpoint) ?? EndpointOfKind(options);
        options.Namespace ??= Read(options, nameof(options.Namespace), "AWS_EMF_NAMESPACE");
        options.LogGroupName ??= Read(options, nameof(options.LogGroupName), "AWS_EMF_LOG_GROUP_NAME");
        options.LogStreamName ??= Read(options, nameof(options.LogStreamName), "AWS_EMF_LOG_STREAM_NAME");
        options.ServiceName = Variable(ServiceName);
        AddDimension(options, "ServiceName", ServiceName);
        AddDimension(options, "ServiceType", "AWS_EMF_SERVICE_TYPE");
    }

    private string EndpointOfKind(EmfExporterOptions options) => Read(options, nameof(options.Endpoint), Kind) switch
    {
        null => Variable(LambdaFunction) is null ? LocalAgent : StandardOutput,
        var kind => kind.ToUpperInvariant() switch
        {
            "LOCAL" or "LAMBDA" => StandardOutput,
            "AGENT" or "EC2" or "ECS" => LocalAgent,

            // Not valid, and said to be so with all else that is not.
            _ => kind,
        },
    };

    private void AddDimension(EmfExporterOptions options, string dimension, string variable)
    {
        if (Variable(variable) is { } value && options.Dimensions.TryAdd(dimension, value))
        {
            options.Sources[(nameof(options.Dimensions), $"{dimension}={value}")] = variable;
        }
    }

    private string? Read(EmfExporterOptions options, string option, string variable)
    {
        if (Variable(variable) is not { } value)
        {
            return null;
        }

        options.Sources[(option, value)] = variable;
        return value;
    }

    private string? Variable(string key) => configuration[key] is { Length: > 0 } value ? value : null;
}
