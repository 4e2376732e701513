using System.Diagnostics.Metrics;
using System.Globalization;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Real instruments that what a property has made up is recorded into, export by export.</summary>
/// <param name="instruments">What is recorded.</param>
/// <param name="id">Sets their meters apart from all others.</param>
/// <param name="cardinalityLimit">How many series of an instrument the SDK keeps.</param>
internal sealed class RecordedInstruments(Recorded[] instruments, string id, int cardinalityLimit) : IDisposable
{
    private readonly List<Meter> meters = [];
    private readonly List<Action> recorders = [];
    private int export;

    public string MeterName(Recorded instrument) => $"{instrument.Meter} {id}";

    public string InstrumentName(Recorded instrument) => instrument.Name ?? $"instrument{IndexOf(instrument)}";

    /// <summary>Has a provider listen to the instruments, in the views that belong to them.</summary>
    public MeterProviderBuilder AddTo(MeterProviderBuilder builder)
    {
        builder.AddView(View);
        foreach (var scope in instruments.Select(MeterName).Distinct())
        {
            builder.AddMeter(scope);
        }

        return builder;
    }

    /// <summary>Creates the instruments, once the provider is there.</summary>
    public void Create() => Array.ForEach(instruments, Create);

    /// <summary>Records the values of an export. Observable instruments observe those of the next one from <see cref="EndExport"/> on.</summary>
    public void Record() => recorders.ForEach(record => record());

    /// <summary>Goes on to the next export.</summary>
    public void EndExport() => export++;

    public void Dispose() => meters.ForEach(meter => meter.Dispose());

    private static string? TagOf(Meter meter) => (string?)meter.Tags?.Single().Value;

    private static KeyValuePair<string, object?>[] TagsOf(Series series, int export)
    {
        var tags = series.Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value));
        return [.. series.HasDuplicateKey || export % 2 == 0 ? tags : tags.Reverse()];
    }

    private MetricStreamConfiguration View(Instrument instrument)
    {
        var recorded = instruments[int.Parse(instrument.Description!, CultureInfo.InvariantCulture)];
        MetricStreamConfiguration view = recorded.Kind switch
        {
            InstrumentKind.ExplicitHistogram => new ExplicitBucketHistogramConfiguration { Boundaries = recorded.Bounds },
            InstrumentKind.ExponentialHistogram => new Base2ExponentialBucketHistogramConfiguration(),
            _ => new MetricStreamConfiguration(),
        };
        if (view is HistogramConfiguration histogram)
        {
            histogram.RecordMinMax = recorded.RecordMinMax;
        }

        view.Name = recorded.ViewName;
        view.CardinalityLimit = cardinalityLimit;
        return view;
    }

    private void Create(Recorded recorded)
    {
        var meter = meters.Find(each => each.Name == MeterName(recorded) && each.Version == recorded.MeterVersion && TagOf(each) == recorded.MeterTag);
        if (meter is null)
        {
            meter = new Meter(new MeterOptions(MeterName(recorded))
            {
                Version = recorded.MeterVersion,
                Tags = recorded.MeterTag is null ? null : [new("tag", recorded.MeterTag)],
            });
            meters.Add(meter);
        }

        var name = InstrumentName(recorded);
        var unit = recorded.Unit.Length == 0 ? null : recorded.Unit;

        // The view finds the instrument by it, and the SDK never takes two instruments with different ones for the same.
        var description = IndexOf(recorded).ToString(CultureInfo.InvariantCulture);
        switch (recorded.Kind)
        {
            case InstrumentKind.LongCounter:
                Each(recorded, Longs(meter.CreateCounter<long>(name, unit, description).Add));
                break;
            case InstrumentKind.DoubleCounter:
                Each(recorded, Doubles(meter.CreateCounter<double>(name, unit, description).Add));
                break;
            case InstrumentKind.LongUpDownCounter:
                Each(recorded, Longs(meter.CreateUpDownCounter<long>(name, unit, description).Add));
                break;
            case InstrumentKind.DoubleUpDownCounter:
                Each(recorded, Doubles(meter.CreateUpDownCounter<double>(name, unit, description).Add));
                break;
            case InstrumentKind.LongGauge:
                Each(recorded, Longs(meter.CreateGauge<long>(name, unit, description).Record));
                break;
            case InstrumentKind.DoubleGauge:
                Each(recorded, Doubles(meter.CreateGauge<double>(name, unit, description).Record));
                break;
            case InstrumentKind.LongObservableCounter:
                meter.CreateObservableCounter(name, () => Totals(recorded, value => value.Long), unit, description);
                break;
            case InstrumentKind.DoubleObservableCounter:
                meter.CreateObservableCounter(name, () => Totals(recorded, value => value.Double), unit, description);
                break;
            case InstrumentKind.LongObservableUpDownCounter:
                meter.CreateObservableUpDownCounter(name, () => Latest(recorded, value => value.Long), unit, description);
                break;
            case InstrumentKind.DoubleObservableGauge:
                meter.CreateObservableGauge(name, () => Latest(recorded, value => value.Double), unit, description);
                break;
            default:
                Each(recorded, Doubles(meter.CreateHistogram<double>(name, unit, description).Record));
                break;
        }
    }

    private delegate void Recorder<T>(T value, params KeyValuePair<string, object?>[] tags);

    private static Action<Measured, KeyValuePair<string, object?>[]> Longs(Recorder<long> record) => (value, tags) => record(value.Long, tags);

    private static Action<Measured, KeyValuePair<string, object?>[]> Doubles(Recorder<double> record) => (value, tags) => record(value.Double, tags);

    private void Each(Recorded recorded, Action<Measured, KeyValuePair<string, object?>[]> record) => recorders.Add(() =>
    {
        foreach (var series in recorded.Series)
        {
            var tags = TagsOf(series, export);
            foreach (var value in series.Values[export])
            {
                record(value, tags);
            }
        }
    });

    private IEnumerable<Measurement<T>> Totals<T>(Recorded recorded, Func<Measured, T> number)
        where T : struct => recorded.Series.Select(series => new Measurement<T>(number(SdkModel.Observed(series, export)), TagsOf(series, export)));

    private IEnumerable<Measurement<T>> Latest<T>(Recorded recorded, Func<Measured, T> number)
        where T : struct => recorded.Series
            .Where(series => export < series.Values.Length && series.Values[export].Length > 0)
            .Select(series => new Measurement<T>(number(series.Values[export][^1]), TagsOf(series, export)));

    private int IndexOf(Recorded recorded) => Array.FindIndex(instruments, each => ReferenceEquals(each, recorded));
}
