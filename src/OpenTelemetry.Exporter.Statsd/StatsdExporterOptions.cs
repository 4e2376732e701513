namespace OpenTelemetry.Exporter;

/// <summary>Options of the StatsD exporter. Read once, when the provider is built; bad values stop that with an error that names them.</summary>
public class StatsdExporterOptions
{
    /// <summary>
    /// Where packets go: <c>udp://host:port</c>; <c>unix:///path</c> or <c>unixgram:///path</c>, a Unix domain socket of datagrams;
    /// <c>unixstream:///path</c>, one of a stream, with four bytes before each packet that say its length, the lowest first;
    /// <c>tcp://host:port</c>, lines; <c>pipe://name</c>, a named pipe of Windows, lines; <c>stdout:</c>, lines on the standard output
    /// of the process, which is never <see cref="Console.Out"/>.
    /// </summary>
    /// <value>
    /// <para>Not set by default: then <c>DD_DOGSTATSD_URL</c> counts, then <c>DD_DOGSTATSD_PIPE_NAME</c>, then <c>DD_AGENT_HOST</c> (a host,
    /// <c>host:port</c> or any of the forms above) with <c>DD_DOGSTATSD_PORT</c>, then <c>udp://localhost:8125</c>.</para>
    /// <para>A host is a name, an IPv4 address or an IPv6 address in brackets; without a port, 8125. A name is looked up in the background,
    /// again every 30 s and after errors. A path is absolute, at most 107 bytes of UTF-8 (103 on macOS), and nothing in it is escaped. A pipe may
    /// be written <c>\\.\pipe\name</c>, too.</para>
    /// </value>
    public string? Endpoint
    {
        get;
        set
        {
            field = value;
            EndpointSource = null;
        }
    }

    /// <summary>What listens at the endpoint.</summary>
    /// <value>The default is <see cref="StatsdProfile.DatadogAgent"/>.</value>
    public StatsdProfile Profile { get; set; }

    /// <summary>Put before each metric name, with a dot between the two unless it ends in one.</summary>
    /// <value>Empty by default. At most 100 characters; sanitised like a name.</value>
    public string Prefix { get; set; } = string.Empty;

    /// <summary>Tags of all series, unless a measurement has one of the same key.</summary>
    /// <value>
    /// Empty by default. To it are added, unless the key is there: <c>DD_SERVICE</c>, <c>DD_ENV</c> and <c>DD_VERSION</c> as
    /// <c>service</c>, <c>env</c> and <c>version</c>, then <c>DD_TAGS</c> (<c>key:value</c>, separated by commas or blanks), and, for
    /// a Datadog Agent, <c>DD_ENTITY_ID</c> as <c>dd.internal.entity_id</c>. Keys may not be empty. Keys that the Agent acts on, such as
    /// <c>host</c>, are written as they are.
    /// </value>
    public IDictionary<string, string> Tags { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Which attributes of the resource become tags of all series (key), and what they are called there (value).</summary>
    /// <value>
    /// By default <c>service.name</c> as <c>service</c>, <c>deployment.environment.name</c> as <c>env</c> and <c>service.version</c>
    /// as <c>version</c>. <see cref="Tags"/> of the same name win.
    /// </value>
    public IDictionary<string, string> ResourceAttributes { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["service.name"] = "service",
        ["deployment.environment.name"] = "env",
        ["service.version"] = "version",
    };

    /// <summary>What histograms become.</summary>
    /// <value>
    /// Not set by default, which means <see cref="HistogramForm.Distribution"/> for a Datadog Agent, <see cref="HistogramForm.Timing"/> for
    /// the original StatsD daemon, with or without Graphite tags, and <see cref="HistogramForm.Summary"/> for all others. A form whose type
    /// the receiver does not know is an error.
    /// </value>
    public HistogramForm? HistogramForm { get; set; }

    /// <summary>What certain histograms become: metric names, in which <c>*</c> stands for any characters and case does not count, with a form each.</summary>
    /// <value>
    /// Empty by default. The name is that of the instrument or of its view. Of several patterns that match, the one with the most
    /// characters beside <c>*</c> counts, then the first by ordinal order; without any, <see cref="HistogramForm"/> does. A form whose
    /// type the receiver does not know is an error.
    /// </value>
    public IDictionary<string, HistogramForm> HistogramForms { get; } = new Dictionary<string, HistogramForm>(StringComparer.Ordinal);

    /// <summary>The quantiles of <see cref="HistogramForm.Summary"/>.</summary>
    /// <value>
    /// Not set by default, which means 0.5, 0.95 and 0.99, written as gauges <c>name.p50</c>, <c>name.p95</c> and <c>name.p99</c>; 0.05
    /// would be <c>name.p05</c>, and 0.999 <c>name.p999</c>. Above 0 and below 1, with at most 6 decimals, none twice; an empty list for
    /// none. They are estimated from the histogram's buckets: <see href="https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram">exponential</see>
    /// ones make them right within a few percent, explicit ones within the width of a bucket.
    /// </value>
    public IReadOnlyList<double>? SummaryQuantiles { get; set; }

    /// <summary>The size of a packet, in bytes. A line that is longer is dropped, counted and named in an event.</summary>
    /// <value>
    /// Not set by default, which means 1432 for UDP (what fits an Ethernet frame, tunnels included) and named pipes, 8192 for Unix
    /// domain sockets and TCP, 4095 for standard output (what goes into a pipe in one piece on Linux, with a line feed). From 64 to
    /// 65,507, without what a stream needs to tell packets apart.
    /// </value>
    public int? MaxPacketBytes { get; set; }

    /// <summary>
    /// Memory for packets that wait to be sent or are kept while the receiver is away, in bytes; fixed, allocated when the provider is
    /// built. When it is full, the oldest packets are dropped and counted.
    /// </summary>
    /// <value>The default is 1,048,576. From 65,536, and at least four times <see cref="MaxPacketBytes"/>, to 1,073,741,824.</value>
    public int MaxBufferBytes { get; set; } = 1024 * 1024;

    /// <summary>How many packets go out at once over UDP, so that a receiver with the system's default socket buffer is not overrun.</summary>
    /// <value>
    /// The default is 16. From 1 to 1024. Where <see cref="MaxPacketBytes"/> is more than 1432, a packet counts as several. Other transports do
    /// not need it: there the receiver itself slows the sender down. The end of an export's time, or of the provider, matters more. For
    /// aggregated metrics alone: what is streamed goes out in bursts of its own, of up to 32.
    /// </value>
    /// <remarks>
    /// On Linux a receiver on the same host gets no burst while more than 40,960 bytes of its buffer are taken, unless
    /// <see cref="MaxPacketsPerSecond"/> is 100,000 or more: so it may read nothing for five seconds without loss.
    /// </remarks>
    public int MaxPacketsPerBurst { get; set; } = 16;

    /// <summary>How many packets go out in a second over UDP, on average; see <see cref="MaxPacketsPerBurst"/>.</summary>
    /// <value>
    /// The default is 1000, of which a buffer of 212,992 bytes, the default of Linux, bridges 75 ms in which a receiver on another host reads
    /// nothing. From 1 to 10,000,000.
    /// </value>
    public int MaxPacketsPerSecond { get; set; } = 1000;

    /// <summary>Whether each series carries its meter's name and version, as <c>otel.scope.name</c> and <c>otel.scope.version</c>.</summary>
    /// <value>
    /// The default is <see langword="false"/>: then only a stream that would be mistaken for another meter's of the same name does.
    /// Without effect on <see cref="StatsdProfile.StatsD"/>, which has no tags.
    /// </value>
    public bool IncludeScopeTags { get; set; }

    /// <summary>
    /// Whether each export ends with lines on what the exporter itself has done, as Datadog's own clients send them:
    /// <c>datadog.dogstatsd.client.metrics</c>, <c>.metrics_by_type</c>, <c>.packets_sent</c>, <c>.bytes_sent</c>, <c>.packets_dropped</c>,
    /// <c>.bytes_dropped</c> and the like, counts since the export before.
    /// </summary>
    /// <value>
    /// The default is <see langword="false"/>. Only for <see cref="StatsdProfile.DatadogAgent"/>. The lines carry the tags of all series, and
    /// <c>client</c>, <c>client_version</c> and <c>client_transport</c>, but not the <see cref="Prefix"/>.
    /// </value>
    public bool ClientTelemetry { get; set; }

    /// <summary>The environment variables that <see cref="Endpoint"/> comes from; <see langword="null"/> if somebody set it.</summary>
    internal string? EndpointSource { get; private set; }

    internal void SetEndpoint(string endpoint, string? source)
    {
        Endpoint = endpoint;
        EndpointSource = source;
    }

    /// <summary>Whether each line tells a Datadog Agent which container it comes from, so that the Agent adds that one's tags.</summary>
    /// <value>
    /// <para>Not set by default: then <c>DD_ORIGIN_DETECTION_ENABLED</c> counts (<c>true</c>, <c>1</c>, <c>false</c>, <c>0</c> and the
    /// like; anything else is an error). Without either, there is no detection, unlike in Datadog's own clients.</para>
    /// <para><see langword="true"/>: once, when the provider is built, the container's id is looked for in <c>/proc/self</c>, and
    /// lines carry <c>|c:ci-id</c> or, where only the container's cgroup is to be seen, <c>|c:in-inode</c>; neither on a host or
    /// outside of Linux. <see langword="false"/>: nor is <c>DD_EXTERNAL_ENV</c> read. <c>DD_ENTITY_ID</c> counts in any case.</para>
    /// <para>For <see cref="StatsdProfile.DatadogAgent"/> alone: elsewhere <see langword="true"/> is an error, the variable without effect.
    /// DogStatsD protocol 1.4, Agent 7.51; the Agent's own <c>dogstatsd_origin_detection_client</c> has to be on.</para>
    /// </value>
    public bool? OriginDetection { get; set; }

    /// <summary>What the Datadog cluster's admission controller says of the container, which each line carries as <c>|e:data</c>.</summary>
    /// <value>
    /// Not set by default: then <c>DD_EXTERNAL_ENV</c> counts, unless <see cref="OriginDetection"/> is <see langword="false"/>. Control
    /// characters, <c>|</c> and blanks around it are left out. At most 512 bytes of UTF-8. For <see cref="StatsdProfile.DatadogAgent"/>
    /// alone: elsewhere a value is an error, the variable without effect. DogStatsD protocol 1.5, Agent 7.57.
    /// </value>
    public string? ExternalData { get; set; }

    /// <summary>How many tags a Datadog Agent adds for the origin of a line, which carries it as <c>|card:low</c>.</summary>
    /// <value>
    /// Not set by default: then <c>DD_CARDINALITY</c> counts, then <c>DATADOG_CARDINALITY</c> (<c>none</c>, <c>low</c>, <c>orchestrator</c>
    /// or <c>high</c>; anything else is an error), then the Agent's own setting. For <see cref="StatsdProfile.DatadogAgent"/> alone:
    /// elsewhere a value is an error, the variables without effect. DogStatsD protocol 1.6, Agent 7.64.
    /// </value>
    public DatadogCardinality? Cardinality { get; set; }

    /// <summary>How often streamed measurements are sent.</summary>
    /// <value>
    /// The default is 10 ms. From 1 ms to 10 s. Values of a histogram go out earlier once those of one series fill a packet, which waiting would not pack any
    /// better; the rest of them, other series, counters and gauges keep the interval. When nothing is recorded the sender looks less often, down to every 100 ms.
    /// </value>
    public TimeSpan StreamFlushInterval { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Memory for streamed measurements between the threads that record and the one that sends, in bytes; fixed, allocated when the provider
    /// is built, and only if something is streamed. A measurement takes 16. When a thread's part is full, its measurements are refused and counted.
    /// </summary>
    /// <value>The default is 4,194,304. From 262,144 to 1,073,741,824.</value>
    public int MaxStreamBufferBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How many packets of streamed measurements go out in a second over UDP, beside those of <see cref="MaxPacketsPerSecond"/>.</summary>
    /// <value>The default is 20,000. From 1 to 10,000,000.</value>
    public int MaxStreamPacketsPerSecond { get; set; } = 20_000;

    /// <summary>Whether streamed instruments are dropped from the SDK, so that recording costs the stream alone.</summary>
    /// <value>
    /// The default is <see langword="false"/>: the SDK goes on aggregating them for the provider's other readers. If <see langword="true"/>,
    /// these readers no longer see the instruments, unless a view of the application's own asks for them. <see langword="true"/> without a call of
    /// <see cref="Stream"/> is an error.
    /// </value>
    public bool DropStreamedFromSdk { get; set; }

    /// <summary>What is streamed, the first that matches an instrument counts.</summary>
    internal IList<StatsdStreamOptions> Streams { get; } = [];

    /// <summary>
    /// Sends certain instruments measurement by measurement instead of aggregating them for this exporter: counters summed over
    /// <see cref="StreamFlushInterval"/>, histograms value by value, of gauges the last value.
    /// </summary>
    /// <param name="meter">The name of the meter; <c>*</c> stands for any characters, and case does not count.</param>
    /// <param name="instrument">The name of the instrument, likewise.</param>
    /// <param name="configure">Sets how; may be <see langword="null"/>.</param>
    /// <returns>These options, to chain calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="meter"/> or <paramref name="instrument"/> is <see langword="null"/>.</exception>
    /// <remarks>
    /// <para>For <c>Counter</c>, <c>Histogram</c> and <c>Gauge</c>. Up-down counters and observable instruments go on being aggregated: a
    /// level that lost one change would be wrong from then on, and what is observed has no measurements to stream.</para>
    /// <para>Of several calls that match an instrument the first counts. The meter need not be one of the provider's; views of
    /// the provider do not apply to what is streamed.</para>
    /// <para>What the SDK aggregates of a streamed instrument is left out, by the names that views give it. So no other instrument of the same meter
    /// and kind may have one of these names, by a view or its own, such as an observable counter that is called like a streamed one: this exporter would
    /// leave that out, too.</para>
    /// </remarks>
    public StatsdExporterOptions Stream(string meter, string instrument = "*", Action<StatsdStreamOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(meter);
        ArgumentNullException.ThrowIfNull(instrument);
        var stream = new StatsdStreamOptions(meter, instrument);
        configure?.Invoke(stream);
        Streams.Add(stream);
        return this;
    }
}
