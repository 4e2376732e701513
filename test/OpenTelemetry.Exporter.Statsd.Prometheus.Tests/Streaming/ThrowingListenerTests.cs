using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter.Prometheus.Diagnostics;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>A listener that throws keeps measurements from those that come after it, and so would spoil tests that run at the same time.</summary>
[Collection(nameof(Alone))]
public sealed class ThrowingListenerTests
{
    [Fact]
    public void Listener_of_the_application_that_throws_harms_nobody()
    {
        using var recorder = new Recorder();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ExporterTelemetry.MeterName && instrument.Name == "prometheus.exporter.listen.failures")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("Broken listener."));
        listener.Start();

        new ExporterTelemetry().ListenFailed("nowhere", new InvalidOperationException("no."));

        Assert.StartsWith("The exporter does not listen on nowhere", Assert.Single(recorder.Events, entry => entry.Name == "ListenFailed").Text, StringComparison.Ordinal);
    }
}
