using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Prometheus.Exposition;
using OpenTelemetry.Exporter.Prometheus.Naming;
using OpenTelemetry.Exporter.Prometheus.Scraping;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Streaming;

/// <summary>Whatever an application records, in all formats.</summary>
public sealed class ExpositionWriterTests
{
    private static readonly NegotiatedFormat[] Formats =
    [
        .. from syntax in Exposed.Syntaxes
           from escaping in new[] { EscapingScheme.Underscores, EscapingScheme.AllowUtf8 }
           select new NegotiatedFormat(syntax, escaping),
    ];

    [Fact]
    public void Spans_of_any_sizes_give_the_same_bytes_as_one() => ForAll(
        from metrics in RandomMetrics.Any from sizes in Gen.Choose(1, 3000).NonEmptyListOf() select (metrics, sizes.ToArray()),
        (create, sizes, format) =>
        {
            var expected = WriteAtOnce(create);
            Assert.Equal(expected, WriteInPieces(create(), sizes));
            if (format.Syntax == ExpositionSyntax.Protobuf)
            {
                ReadLengths(expected);
            }
        });

    [Fact]
    public void Size_is_never_above_the_promised_one() => ForAll(
        from metrics in RandomMetrics.Any select (metrics, 0),
        (create, _, format) => Assert.InRange(WriteAtOnce(create).LongLength, 0, create().MaxSize()));

    [Fact]
    public async Task Names_that_are_escaped_throughout_stay_within_the_promised_size()
    {
        const int Length = 4000;
        var quotes = new RandomMetrics.Instrument("gauge", new string('"', Length) + "_seconds", "s", "h", [], [1], []);
        using var scrape = new RandomMetrics([quotes], PrometheusAspNetCoreTranslationStrategy.NoTranslation, false, false, 160, false).Record();
        var exporter = ScrapeReaders.Find(scrape.Provider, string.Empty)!.Exporter;
        var format = new NegotiatedFormat(ExpositionSyntax.OpenMetrics100, EscapingScheme.AllowUtf8);
        using var held = await exporter.ScrapeAsync(exporter.FormatOf(format), TestContext.Current.CancellationToken);

        Assert.InRange(WriteAtOnce(held.CreateWriter).Length, 4 * 2 * Length, held.CreateWriter().MaxSize());
    }

    [Fact]
    public void Limit_is_exact() => ForAll(
        from metrics in RandomMetrics.Any select (metrics, 0),
        (create, _, format) =>
        {
            var size = WriteAtOnce(create).LongLength;
            Assert.False(ExpositionSize.Exceeds(create, size, CancellationToken.None), "The size is within itself.");
            Assert.True(size == 0 || ExpositionSize.Exceeds(create, size - 1, CancellationToken.None), "One byte less is not within it.");
        });

    [Fact]
    public void Size_is_given_up_when_nobody_waits_for_it() => ForAll(
        from metrics in RandomMetrics.Any select (metrics, 0),
        (create, _, format) =>
        {
            var late = new CancellationToken(canceled: true);
            if (WriteAtOnce(create).Length > 0)
            {
                Assert.Throws<OperationCanceledException>(() => ExpositionSize.Exceeds(create, 0, late));
            }

            Assert.False(ExpositionSize.Exceeds(create, create().MaxSize(), late), "What needs no writing needs no time.");
        });

    private static void ForAll<T>(Gen<(RandomMetrics Metrics, T More)> inputs, Action<Func<ExpositionWriter>, T, NegotiatedFormat> check) =>
        Check.One(RandomCases.Of(150), Prop.ForAll(inputs.ToArbitrary(), input =>
        {
            using var scrape = input.Metrics.Record();
            var exporter = ScrapeReaders.Find(scrape.Provider, string.Empty)!.Exporter;
            foreach (var format in Formats)
            {
                // For properties, which are synchronous. Nothing else scrapes, so nothing is waited for.
                using var held = Task.Run(async () => await exporter.ScrapeAsync(exporter.FormatOf(format), CancellationToken.None)).GetAwaiter().GetResult();
                Assert.Null(held.Failure);
                check(held.CreateWriter, input.More, format);
            }
        }));

    private static byte[] WriteAtOnce(Func<ExpositionWriter> create)
    {
        for (var space = new byte[1024 * 1024]; ; space = new byte[2 * space.Length])
        {
            var writer = create();
            var length = writer.Fill(space);
            if (writer.IsComplete)
            {
                return space[..length];
            }
        }
    }

    /// <summary>Refuses a body whose families, metrics or their fields do not end where their lengths say.</summary>
    private static void ReadLengths(ReadOnlyMemory<byte> body)
    {
        while (body.Length > 0)
        {
            var family = new ProtobufMessage("MetricFamily", ProtobufMessage.ReadDelimited(ref body, "the body"));
            Assert.NotNull(family.Text(1));
            foreach (var metric in family.Messages(4, "Metric"))
            {
                Assert.Equal(1, metric.Messages(2, "Gauge").Count + metric.Messages(3, "Counter").Count + metric.Messages(7, "Histogram").Count);
                Assert.All(metric.Messages(1, "LabelPair"), pair => Assert.NotNull(pair.Text(1)));
            }
        }
    }

    private static byte[] WriteInPieces(ExpositionWriter writer, int[] sizes)
    {
        using var body = new MemoryStream();
        var round = 0;
        var growth = 1;
        while (!writer.IsComplete)
        {
            // What is behind the space must stay as it is, and what is in it may be anything before.
            var size = sizes[round++ % sizes.Length] * growth;
            var space = new byte[size + 1];
            space.AsSpan().Fill(0xA5);
            var filled = writer.Fill(space.AsSpan(0, size));
            Assert.Equal(0xA5, space[^1]);
            body.Write(space, 0, filled);
            growth = filled == 0 && !writer.IsComplete ? growth * 2 : 1;
        }

        return body.ToArray();
    }
}
