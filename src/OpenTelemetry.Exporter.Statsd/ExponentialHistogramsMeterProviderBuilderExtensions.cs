using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Exporter.Statsd.Metrics;

namespace OpenTelemetry.Metrics;

/// <summary>Makes the histograms of a provider exponential.</summary>
public static class ExponentialHistogramsMeterProviderBuilderExtensions
{
    private const int DefaultMaxSize = 160;
    private const int DefaultMaxScale = 20;
    private const int MinSize = 2;
    private const int MaxSize = 4096;
    private const int MinScale = -11;

    /// <summary>Aggregates histograms in base-2 exponential buckets, which fit themselves to what is recorded.</summary>
    /// <param name="builder">The provider whose histograms are meant.</param>
    /// <param name="maxSize">
    /// How many buckets a series has at most, without the one for zeros; from 2 to 4096. With the default of 160, bounds are 4.4 % apart where
    /// the largest value is up to about 1000 times the smallest, and 9 % where it is up to about a million times.
    /// </param>
    /// <param name="maxScale">
    /// The scale to begin with, of 2^scale buckets for each doubling of the value; it sinks as the values spread. From -11 to 20, the default.
    /// </param>
    /// <returns><paramref name="builder"/>, to chain calls.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSize"/> or <paramref name="maxScale"/> is out of its range.</exception>
    /// <remarks>
    /// <para>Each <see cref="Histogram{T}"/> that no other view of the provider matches; all other instruments stay as they are. A view of
    /// the application counts instead, whether it is added earlier or later, and whether it drops, renames, chooses tags or sets
    /// buckets: then there is nothing but what that view says. One that is to be exponential as well returns a
    /// <see cref="Base2ExponentialBucketHistogramConfiguration"/>. Of several calls the first that selects an instrument counts.</para>
    /// <para>Boundaries that an instrument's <see cref="InstrumentAdvice{T}"/> asks for give way; a view for the
    /// instrument, even one that sets nothing, keeps them. Minimum and maximum are recorded.</para>
    /// <para>Views belong to the provider, not to an exporter: all of its readers get exponential histograms, those of OTLP and Prometheus
    /// exporters, too. The official Prometheus exporter leaves them out.</para>
    /// <para>Which other views there are is read from the SDK's own state. In a version of <c>OpenTelemetry</c> that keeps them elsewhere,
    /// histograms that a view of the application matches get an exponential stream beside that view's.</para>
    /// </remarks>
    public static MeterProviderBuilder AddExponentialHistograms(
        this MeterProviderBuilder builder, int maxSize = DefaultMaxSize, int maxScale = DefaultMaxScale) =>
        Add(builder, _ => true, maxSize, maxScale);

    /// <inheritdoc cref="AddExponentialHistograms(MeterProviderBuilder, int, int)"/>
    /// <param name="builder">The provider whose histograms are meant.</param>
    /// <param name="instrumentName">
    /// The whole name of the instruments; <c>*</c> stands for any characters or none, and case does not count.
    /// </param>
    /// <param name="maxSize">How many buckets a series has at most, without the one for zeros; from 2 to 4096.</param>
    /// <param name="maxScale">The scale to begin with, from -11 to 20.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="instrumentName"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="instrumentName"/> is empty or blank.</exception>
    public static MeterProviderBuilder AddExponentialHistograms(
        this MeterProviderBuilder builder, string instrumentName, int maxSize = DefaultMaxSize, int maxScale = DefaultMaxScale)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(instrumentName);
        var pattern = new NamePattern(instrumentName);
        return Add(builder, instrument => pattern.Matches(instrument.Name), maxSize, maxScale);
    }

    /// <inheritdoc cref="AddExponentialHistograms(MeterProviderBuilder, int, int)"/>
    /// <param name="builder">The provider whose histograms are meant.</param>
    /// <param name="selects">
    /// Says which; called for histograms only, some times for each. Where it throws, the histogram stays as it is, with an event of the SDK's.
    /// </param>
    /// <param name="maxSize">How many buckets a series has at most, without the one for zeros; from 2 to 4096.</param>
    /// <param name="maxScale">The scale to begin with, from -11 to 20.</param>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="selects"/> is <see langword="null"/>.</exception>
    public static MeterProviderBuilder AddExponentialHistograms(
        this MeterProviderBuilder builder, Func<Instrument, bool> selects, int maxSize = DefaultMaxSize, int maxScale = DefaultMaxScale)
    {
        ArgumentNullException.ThrowIfNull(selects);
        return Add(builder, selects, maxSize, maxScale);
    }

    private static MeterProviderBuilder Add(MeterProviderBuilder builder, Func<Instrument, bool> selects, int maxSize, int maxScale)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (maxSize is < MinSize or > MaxSize)
        {
            throw new ArgumentOutOfRangeException(nameof(maxSize), maxSize, $"Valid: {MinSize} to {MaxSize} buckets.");
        }

        if (maxScale is < MinScale or > DefaultMaxScale)
        {
            throw new ArgumentOutOfRangeException(nameof(maxScale), maxScale, $"Valid: {MinScale} to {DefaultMaxScale}.");
        }

        if (builder is IDeferredMeterProviderBuilder deferred)
        {
            deferred.Configure((_, provider) =>
            {
                var exponential = new Base2ExponentialBucketHistogramConfiguration { MaxSize = maxSize, MaxScale = maxScale };
                var view = new FallbackView(
                    ProviderViews.Of(provider),
                    instrument => ProviderViews.IsHistogram(instrument) && selects(instrument) ? exponential : null);
                provider.AddView(view.Apply);
            });
        }

        return builder;
    }
}
