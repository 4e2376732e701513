namespace OpenTelemetry.Exporter.Statsd.Receivers.Tests.Scraping;

/// <summary>What there has to be of <see cref="EveryKind"/>, as computed from what it recorded.</summary>
internal static class Expected
{
    /// <summary>Instruments: what the names with suffixes add, the type, the help and the unit.</summary>
    public static readonly (string Instrument, string Suffix, string Type, string Help, string Unit)[] Instruments =
    [
        ("shop.requests", "_total", "counter", "Requests served.", ""),
        ("shop.work", "_seconds_total", "counter", "Time \\ worked,\nin \"all\".", "seconds"),
        ("shop.reads", "_bytes_total", "counter", "Bytes read.", "bytes"),
        ("shop.cpu", "_seconds_total", "counter", "Time computed.", "seconds"),
        ("shop.queue", "", "gauge", "Items waiting.", ""),
        ("shop.drift", "_meters", "gauge", "How far off.", "meters"),
        ("shop.threads", "", "gauge", "Threads.", ""),
        ("shop.fill", "", "gauge", "Part in use.", ""),
        ("shop.level", "_percent", "gauge", "How full.", "percent"),
        ("shop.temperature", "_celsius", "gauge", "How warm it is.", "celsius"),
        ("shop.serial", "", "gauge", "More than a double holds.", ""),
        ("shop.odd", "", "gauge", "No finite numbers.", ""),
        ("shop.latency", "_seconds", "histogram", "Time taken.", "seconds"),
        ("shop.payload", "_bytes", "histogram", "Bytes received.", "bytes"),
        ("shop.sizes", "_bytes", "histogram", "Sizes.", "bytes"),
        ("shop.waits", "_seconds", "histogram", "Time waited.", "seconds"),
        ("shop.fine", "", "histogram", "Close together.", ""),
    ];

    private static readonly string[] ExponentialInstruments = ["shop.sizes", "shop.waits", "shop.fine"];

    public static bool IsExponential(string instrument) => ExponentialInstruments.Contains(instrument);

    public static string Metric(this Spelling spelling, string instrument) =>
        spelling.Metric(instrument, Instruments.Single(each => each.Instrument == instrument).Suffix);

    /// <summary>All series but those of times and of native histograms.</summary>
    /// <param name="spelling">How names are spelled.</param>
    /// <param name="hasClassic">Whether exponential histograms have classic buckets.</param>
    /// <param name="hasMinMax">Whether histograms have the smallest and largest value.</param>
    public static Dictionary<string, double> Numbers(Spelling spelling, bool hasClassic, bool hasMinMax = false)
    {
        var route = spelling.Plain("http.route");
        var numbers = new Dictionary<string, double>
        {
            [Spelling.Series(spelling.Metric("shop.requests"), (route, "/"))] = 3,
            [Spelling.Series(spelling.Metric("shop.requests"), (route, "/x"))] = 5,
            [Spelling.Series(spelling.Metric("shop.work"))] = 4.25,
            [Spelling.Series(spelling.Metric("shop.reads"))] = 7,
            [Spelling.Series(spelling.Metric("shop.cpu"))] = 1.5,
            [Spelling.Series(spelling.Metric("shop.queue"))] = -2,
            [Spelling.Series(spelling.Metric("shop.drift"))] = -0.5,
            [Spelling.Series(spelling.Metric("shop.threads"))] = 12,
            [Spelling.Series(spelling.Metric("shop.fill"))] = 0.5,
            [Spelling.Series(spelling.Metric("shop.level"))] = 3,
            [Spelling.Series(spelling.Metric("shop.temperature"))] = 21.5,
            [Spelling.Series(spelling.Metric("shop.serial"))] = EveryKind.Serial,
            [Spelling.Series(spelling.Metric("shop.odd"), ("which", "nan"))] = double.NaN,
            [Spelling.Series(spelling.Metric("shop.odd"), ("which", "up"))] = double.PositiveInfinity,
            [Spelling.Series(spelling.Metric("shop.odd"), ("which", "down"))] = double.NegativeInfinity,
            [Spelling.Series(
                "target_info",
                (spelling.Plain("service.name"), "shop"),
                (spelling.Plain("service.instance.id"), "a-1"),
                (spelling.Plain("k8s.pod.name"), "p\"1"))] = 1,
        };
        AddHistogram("shop.latency", EveryKind.Latencies, EveryKind.LatencyBounds);
        AddHistogram("shop.payload", [.. EveryKind.Payloads], EveryKind.PayloadBounds);
        AddHistogram("shop.sizes", EveryKind.Sizes, [0, 1, 2, 4, 8, 16, 32, 64, 128]);
        AddHistogram("shop.waits", [.. EveryKind.Waits], [1, 4, 16, 64, 256, 1024]);
        AddHistogram("shop.fine", EveryKind.Fines, [1, 2]);
        return numbers;

        void AddHistogram(string instrument, double[] values, double[] bounds)
        {
            var name = spelling.Metric(instrument);
            if (hasClassic || !IsExponential(instrument))
            {
                foreach (var bound in (double[])[.. bounds, double.PositiveInfinity])
                {
                    numbers[Spelling.Bucket(name, bound)] = values.Count(value => value <= bound);
                }

                numbers[Spelling.Series($"{name}_count")] = values.Length;
                numbers[Spelling.Series($"{name}_sum")] = values.Sum();
            }

            if (hasMinMax)
            {
                numbers[Spelling.Series($"{name}_min")] = values.Min();
                numbers[Spelling.Series($"{name}_max")] = values.Max();
            }
        }
    }

    /// <summary>The series that say when they began, which OpenMetrics has of counters that end in <c>_total</c>, and of histograms.</summary>
    public static IEnumerable<string> Created(Spelling spelling)
    {
        foreach (var (instrument, _, type, _, _) in Instruments)
        {
            var name = spelling.Metric(instrument);
            if (instrument == "shop.requests" && spelling.HasSuffixes)
            {
                yield return Spelling.Series($"{WithoutTotal(name)}_created", (spelling.Plain("http.route"), "/"));
                yield return Spelling.Series($"{WithoutTotal(name)}_created", (spelling.Plain("http.route"), "/x"));
            }
            else if (type == "histogram" || (type == "counter" && spelling.HasSuffixes))
            {
                yield return Spelling.Series($"{WithoutTotal(name)}_created");
            }
        }
    }

    /// <summary>Types, help texts and units by family.</summary>
    public static Dictionary<string, (string Type, string Help, string Unit)> Metadata(Spelling spelling, ScrapeFormat format, bool hasUnits)
    {
        var isOpenMetrics = format is ScrapeFormat.OpenMetrics0 or ScrapeFormat.OpenMetrics1;
        var metadata = Instruments.ToDictionary(
            each => isOpenMetrics ? WithoutTotal(spelling.Metric(each.Instrument)) : spelling.Metric(each.Instrument),
            each => (
                isOpenMetrics && each.Type == "counter" && !spelling.HasSuffixes ? "unknown" : each.Type,
                each.Help,
                hasUnits && spelling.HasSuffixes ? each.Unit : string.Empty));
        metadata.Add(isOpenMetrics ? "target" : "target_info", (isOpenMetrics ? "info" : "gauge", "Target metadata", string.Empty));
        return metadata;
    }

    /// <summary>The exemplars, each as a text that says which series it is of.</summary>
    /// <param name="program">What recorded them.</param>
    /// <param name="spelling">How names are spelled.</param>
    /// <param name="onCounters">Whether counters have them.</param>
    /// <param name="onClassic">Whether classic buckets of exponential histograms have them.</param>
    /// <param name="onNative">How many of them native histograms have: the first ones.</param>
    public static IEnumerable<(string Series, double Value, List<KeyValuePair<string, string>> Labels)> Exemplars(
        EveryKind program, Spelling spelling, bool onCounters, bool onClassic, int onNative)
    {
        foreach (var traced in program.Traced)
        {
            var name = spelling.Metric(traced.Instrument);
            List<KeyValuePair<string, string>> labels = [new("trace_id", traced.TraceId), new("span_id", traced.SpanId)];
            if (traced.User is not null)
            {
                labels.Add(new(spelling.Plain("user.id"), traced.User));
            }

            switch (traced.Instrument)
            {
                case "shop.requests" when onCounters:
                    yield return (Spelling.Series(name, (spelling.Plain("http.route"), "/")), traced.Value, labels);
                    break;
                case "shop.work" when onCounters:
                    yield return (Spelling.Series(name), traced.Value, labels);
                    break;
                case "shop.latency":
                    yield return (Bucket([.. EveryKind.LatencyBounds, double.PositiveInfinity]), traced.Value, labels);
                    break;
                case "shop.sizes":
                    if (onClassic)
                    {
                        yield return (Bucket([4, 8, 32, 64]), traced.Value, labels);
                    }

                    if (onNative-- > 0)
                    {
                        yield return (Spelling.Series(name), traced.Value, labels);
                    }

                    break;
                default:
                    break;
            }

            string Bucket(double[] bounds) => Spelling.Bucket(name, bounds.First(bound => traced.Value <= bound));
        }
    }

    /// <summary>Values and their series as texts, in order.</summary>
    public static IEnumerable<string> Lines(IEnumerable<KeyValuePair<string, double>> numbers) =>
        numbers.Select(number => FormattableString.Invariant($"{number.Key} {number.Value:R}")).Order(StringComparer.Ordinal);

    /// <inheritdoc cref="Lines(IEnumerable{KeyValuePair{string, double}})"/>
    public static IEnumerable<string> Lines(
        IEnumerable<(string Series, double Value, List<KeyValuePair<string, string>> Labels)> exemplars) => exemplars
        .Select(exemplar => Exemplar(exemplar.Series, exemplar.Labels, exemplar.Value))
        .Order(StringComparer.Ordinal);

    /// <inheritdoc cref="Lines(IEnumerable{KeyValuePair{string, double}})"/>
    public static IEnumerable<string> Lines(IEnumerable<StoredExemplar> exemplars) =>
        Lines(exemplars.Select(exemplar => (Spelling.Series(exemplar.Series), exemplar.Value, exemplar.Labels.ToList())));

    private static string Exemplar(string series, IEnumerable<KeyValuePair<string, string>> labels, double value) =>
        FormattableString.Invariant($"{series} {value:R} {Spelling.Series(string.Empty, labels)}");

    private static string WithoutTotal(string name) =>
        name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;
}
