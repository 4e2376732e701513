using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>Options of the CloudWatch EMF exporter. Read once, when the provider is built; bad values stop that with an error that names them.</summary>
public class EmfExporterOptions
{
    /// <summary>
    /// Where documents go: a CloudWatch agent at <c>tcp://host:port</c> or <c>udp://host:port</c>, or <c>stdout:</c>, one line each on the standard output of
    /// the process, which is never <see cref="Console.Out"/>: for Lambda, and for containers whose log driver sends to CloudWatch Logs. The other forms of
    /// <see cref="StatsdExporterOptions.Endpoint"/> are valid, too, for whatever forwards lines or datagrams to an agent.
    /// </summary>
    /// <value>
    /// Not set by default: then <c>AWS_EMF_AGENT_ENDPOINT</c> counts, then <c>AWS_EMF_ENVIRONMENT</c> (<c>Local</c> and <c>Lambda</c> mean <c>stdout:</c>;
    /// <c>Agent</c>, <c>EC2</c> and <c>ECS</c> mean <c>tcp://127.0.0.1:25888</c>; in any case of letters, anything else is an error), then <c>stdout:</c> if
    /// <c>AWS_LAMBDA_FUNCTION_NAME</c> is set, else <c>tcp://127.0.0.1:25888</c>. Without a port, 25888. Nothing is asked of a metadata service.
    /// </value>
    public string? Endpoint { get; set; }

    /// <summary>The namespace of all metrics in CloudWatch.</summary>
    /// <value>
    /// Not set by default: then <c>AWS_EMF_NAMESPACE</c> counts, then the resource's <c>service.namespace</c> and <c>service.name</c> with a slash between
    /// the two, then <c>default</c>. 1 to 255 of the characters <c>0-9 A-Z a-z . - _ / # :</c> and blanks, with no blank at either end; not beginning with <c>AWS/</c>.
    /// </value>
    public string? Namespace { get; set; }

    /// <summary>
    /// The log group that the CloudWatch agent puts documents into; it drops those that name none. <c>{attribute}</c> stands for an attribute of the resource,
    /// such as <c>{service.name}</c>, for <c>undefined</c> if there is none; of its value, characters that a log group may not have become <c>_</c>.
    /// </summary>
    /// <value>
    /// Not set by default: then <c>AWS_EMF_LOG_GROUP_NAME</c> counts, then, unless the endpoint is <c>stdout:</c>, <c>AWS_EMF_SERVICE_NAME</c> or else
    /// <c>{service.name}</c>, followed by <c>-metrics</c>. For <c>stdout:</c> none is written then: whoever reads the output knows where it belongs. 1 to
    /// 512 characters, of <c>a-z A-Z 0-9 _ - / . #</c> beside placeholders.
    /// </value>
    public string? LogGroupName { get; set; }

    /// <summary>The log stream in that group, with placeholders as in <see cref="LogGroupName"/>.</summary>
    /// <value>
    /// Not set by default: then <c>AWS_EMF_LOG_STREAM_NAME</c> counts, then, unless the endpoint is <c>stdout:</c>, the name of the machine. 1 to 512
    /// characters, of which none is <c>:</c>, <c>*</c> or a control character.
    /// </value>
    public string? LogStreamName { get; set; }

    /// <summary>Which attributes of measurements are dimensions: patterns, in which <c>*</c> stands for any characters and case does not count.</summary>
    /// <value>Empty by default, which means all. Every combination of dimensions is a metric in CloudWatch, and billed as one.</value>
    /// <remarks>An attribute that is no dimension stays in the document as a member, which CloudWatch Logs Insights can search.</remarks>
    public IList<string> IncludedDimensions { get; } = [];

    /// <summary>Which of <see cref="IncludedDimensions"/> are no dimensions after all, by patterns of the same kind.</summary>
    /// <value>Empty by default; <c>*</c> for no attribute at all.</value>
    public IList<string> ExcludedDimensions { get; } = [];

    /// <summary>Dimensions of all metrics, with their values, unless a measurement has an attribute of the same name.</summary>
    /// <value>
    /// Empty by default. To it are added, unless they are there: <c>AWS_EMF_SERVICE_NAME</c> as <c>ServiceName</c> and <c>AWS_EMF_SERVICE_TYPE</c> as
    /// <c>ServiceType</c>. A name has 1 to 250 printable ASCII characters, not blanks alone, and does not begin with a colon; a value has 1 to 1024 such characters. At
    /// most 30 with <see cref="ResourceDimensions"/>.
    /// </value>
    public IDictionary<string, string> Dimensions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Which attributes of the resource (key) become dimensions of all metrics, and what they are called there (value).</summary>
    /// <value>Empty by default. Names as in <see cref="Dimensions"/>, none twice; <see cref="Dimensions"/> of the same name win.</value>
    public IDictionary<string, string> ResourceDimensions { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Members of all documents, with their values, that are no dimensions, unless a measurement has an attribute of the same name.</summary>
    /// <value>
    /// Empty by default. A name is not empty and none of <c>_aws</c>, <c>CloudWatchMetrics</c>, <c>log_group_name</c> and <c>log_stream_name</c>, in any case of
    /// letters. Dimensions of the same name win.
    /// </value>
    public IDictionary<string, string> Members { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Which attributes of the resource (key) become members of all documents, and what they are called there (value).</summary>
    /// <value>
    /// By default <c>service.name</c>, <c>service.version</c> and <c>deployment.environment.name</c>, by these names. Names as in <see cref="Members"/>, none
    /// twice; dimensions and <see cref="Members"/> of the same name win.
    /// </value>
    public IDictionary<string, string> ResourceMembers { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["service.name"] = "service.name",
        ["service.version"] = "service.version",
        ["deployment.environment.name"] = "deployment.environment.name",
    };

    /// <summary>What CloudWatch relates the metrics to: fields of an entity, members of all documents.</summary>
    /// <value>
    /// Empty by default. <c>Service</c> with <c>Environment</c>, or <c>ResourceType</c> with <c>Identifier</c>, neither without the other; and
    /// <c>K8s.Cluster</c>, <c>K8s.Namespace</c>, <c>K8s.Workload</c>, <c>K8s.Node</c>, <c>K8s.Pod</c>, <c>EKS.Cluster</c>, <c>ECS.Cluster</c>,
    /// <c>ECS.Service</c>, <c>ECS.Task</c>, <c>EC2.InstanceId</c>, <c>EC2.AutoScalingGroup</c>, <c>Lambda.Function</c>, <c>Host</c>. Values may not be empty.
    /// They win over <see cref="Members"/> and <see cref="ResourceMembers"/>.
    /// </value>
    public IDictionary<string, string> Entity { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Which metrics CloudWatch keeps by the second instead of by the minute: patterns of names, in which <c>*</c> stands for any characters and case does not count.</summary>
    /// <value>Empty by default. It pays where the reader's interval is shorter than a minute, and costs more.</value>
    public IList<string> HighResolutionMetrics { get; } = [];

    /// <summary>What histograms become.</summary>
    /// <value>The default is <see cref="EmfHistogramForm.ValuesAndCounts"/>, which has percentiles.</value>
    public EmfHistogramForm HistogramForm { get; set; }

    /// <summary>The size of a packet, in bytes, and with it of the longest document. What is longer is dropped, counted and named in an event.</summary>
    /// <value>
    /// Not set by default, which means the largest that is valid: 65,507 for UDP and Unix datagrams, of which each is one document; 262,118 for all others, where as
    /// many documents as fit go out at once: what the CloudWatch agent takes in a log event. From 1024. On the standard output a document of several points is no
    /// longer than 4095, whatever this says: then no other output comes into its middle.
    /// </value>
    public int? MaxPacketBytes { get; set; }

    /// <summary>
    /// Memory for packets that wait to be sent or are kept while the receiver is away, in bytes; fixed, allocated when the provider is
    /// built. When it is full, the oldest packets are dropped and counted.
    /// </summary>
    /// <value>
    /// The default is 1,048,576. From 65,536, and at least four times <see cref="MaxPacketBytes"/>, to 1,073,741,824. <c>AWS_EMF_AGENT_BUFFER_SIZE</c> is not read,
    /// for it counts items.
    /// </value>
    public int MaxBufferBytes { get; set; } = 1024 * 1024;

    /// <summary>How many packets go out at once over UDP, so that an agent with the system's default socket buffer is not overrun.</summary>
    /// <value>The default is 16. From 1 to 1024. A packet of more than 1432 bytes counts as several. Other transports do not need it.</value>
    public int MaxPacketsPerBurst { get; set; } = 16;

    /// <summary>How many packets go out in a second over UDP, on average; see <see cref="MaxPacketsPerBurst"/>.</summary>
    /// <value>The default is 1000. From 1 to 10,000,000.</value>
    public int MaxPacketsPerSecond { get; set; } = 1000;

    /// <summary>What <see cref="UseDimensionSets"/> was told, the first that matches a metric counts.</summary>
    internal IList<DimensionSetRule> DimensionSets { get; } = [];

    /// <summary>What <c>AWS_EMF_SERVICE_NAME</c> says, for the default of <see cref="LogGroupName"/>.</summary>
    internal string? ServiceName { get; set; }

    /// <summary>The environment variables that values come from, by option and value.</summary>
    internal IDictionary<(string Option, string Value), string> Sources { get; } = new Dictionary<(string, string), string>();

    /// <summary>
    /// Gives certain metrics exactly these sets of dimensions instead of one set of all: each set is a metric of its own in CloudWatch, such as one by region and
    /// one over all regions.
    /// </summary>
    /// <param name="metric">The name of the metric; <c>*</c> stands for any characters, and case does not count.</param>
    /// <param name="sets">
    /// 1 to 30 sets of at most 30 names, none twice in a set: attributes, and what constants and the resource have for all
    /// documents. An empty set is valid. A name that a series does not have is left out of the set.
    /// </param>
    /// <returns>These options, to chain calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="metric"/>, <paramref name="sets"/> or one of these is <see langword="null"/>.</exception>
    /// <remarks>
    /// Of several calls that match a metric the first counts. Names are dimensions whatever <see cref="IncludedDimensions"/> says; what is in no set stays a member.
    /// <c>UseDimensionSets("orders", ["region"], [])</c> has orders by region and in all.
    /// </remarks>
    public EmfExporterOptions UseDimensionSets(string metric, params string[][] sets)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(sets);
        Array.ForEach(sets, set => ArgumentNullException.ThrowIfNull(set, nameof(sets)));
        DimensionSets.Add(new DimensionSetRule(new NamePattern(metric), Array.ConvertAll(sets, set => (string[])[.. set])));
        return this;
    }
}
