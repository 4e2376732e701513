using OpenTelemetry.Exporter.Statsd.Delivery;
using OpenTelemetry.Exporter.Statsd.Streaming;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter;

/// <summary>What a shared reader is put together from. Until there is one, it is in charge of disposing of all of it.</summary>
/// <param name="isShared">Whether there will be several exporters.</param>
internal sealed class ReaderParts(bool isShared) : IDisposable
{
    private readonly List<ExporterGroup.Member> exporters = [];
    private readonly List<StreamPump> streams = [];
    private ExporterGroup? group;

    public bool IsShared => isShared;

    /// <summary>The provider whose metrics are exported; <see langword="null"/> until it is built.</summary>
    public BaseProvider? Provider => group?.ParentProvider;

    public void Add<TExporter>(TExporter exporter)
        where TExporter : BaseExporter<Metric>, IDelivery => exporters.Add(ExporterGroup.Member.Of(exporter));

    /// <summary>Adds what sends beside an exporter. It is started by <see cref="CreateReader"/>.</summary>
    public void Add(StreamPump stream) => streams.Add(stream);

    /// <summary>Makes the reader, which disposes of everything from then on.</summary>
    public ReceiverAwareMetricReader<ExporterGroup> CreateReader(int intervalMilliseconds, int timeoutMilliseconds)
    {
        group = ExporterGroup.Of(exporters);
        var reader = new ReceiverAwareMetricReader<ExporterGroup>(group, intervalMilliseconds, timeoutMilliseconds, [.. streams])
        {
            TemporalityPreference = MetricReaderTemporalityPreference.Delta,
        };

        // Last: the reader throws where its times are not valid, and then nobody would end them.
        streams.ForEach(stream => stream.Start());
        return reader;
    }

    /// <summary>Disposes of the parts, where no reader came of them.</summary>
    public void Dispose()
    {
        streams.ForEach(stream => stream.Dispose());
        exporters.ForEach(member => member.Exporter.Dispose());
    }
}
