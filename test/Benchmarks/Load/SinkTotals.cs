namespace Benchmarks.Load;

/// <summary>What a <see cref="Sink"/> has received, as it says it on a line of its output.</summary>
/// <param name="Values">Measurements, those that a sample rate stands for among them.</param>
/// <param name="Thousandths">Their sum, in thousandths, without those of ages.</param>
/// <param name="Malformed">Lines that are none.</param>
/// <param name="Lines">Lines that are not empty.</param>
/// <param name="Reads">Datagrams, or reads of a stream.</param>
/// <param name="Bytes">All of them.</param>
/// <param name="Ages">How many ages <paramref name="AgeP50"/> and the like are of.</param>
/// <param name="AgeP50">How old a measurement was when its read returned, in milliseconds.</param>
/// <param name="AgeP99">The same.</param>
/// <param name="AgeMax">The same.</param>
/// <param name="ProcessorSeconds">Of the whole process.</param>
internal sealed record SinkTotals(
    long Values,
    long Thousandths,
    long Malformed,
    long Lines,
    long Reads,
    long Bytes,
    long Ages,
    double AgeP50,
    double AgeP99,
    double AgeMax,
    double ProcessorSeconds);
