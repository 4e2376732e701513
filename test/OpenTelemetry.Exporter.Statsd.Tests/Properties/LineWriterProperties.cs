using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Statsd;
using OpenTelemetry.Exporter.Statsd.Text;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>A line is written where it just fits, refused where it is a byte too long, and nothing is written past its end.</summary>
public sealed class LineWriterProperties
{
    private static readonly Config ManyCases = RandomCases.Of(20_000);

    private static readonly Gen<double> Real = Gen.OneOf(
        ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite), Gen.Elements(0, -0.0, 1e21, 1e-7, double.Epsilon, double.MaxValue));

    private static readonly Gen<Line> Lines =
        from head in HostileText.Tame
        from headEnd in Gen.Elements(string.Empty, ";k=v", ",k=\u00e9")
        from tail in Gen.Elements("|c", "|g")
        from tailEnd in Gen.Elements(string.Empty, "|#k:v", "|#k:\u6f22,l:w")
        from isWhole in ArbMap.Default.GeneratorFor<bool>()
        from whole in ArbMap.Default.GeneratorFor<long>()
        from real in Real
        from isPlain in ArbMap.Default.GeneratorFor<bool>()
        select new Line(head, headEnd, tail, tailEnd, isWhole, whole, real, isPlain);

    private sealed record Line(
        string Head, string HeadEnd, string Tail, string TailEnd, bool IsWhole, long Whole, double Real, bool IsPlain);

    private delegate bool Writer(Span<byte> destination, out int written);

    [Fact]
    public void A_line_fits_exactly_or_not_at_all() => Prop.ForAll(Lines.ToArbitrary(), line =>
    {
        var form = line.IsPlain ? NumberForm.Plain : NumberForm.Shortest;
        var expected = $"{line.Head}{line.HeadEnd}:{Number(line)}{line.Tail}{line.TailEnd}";
        FitsExactly(expected, (Span<byte> destination, out int written) => line.IsWhole
            ? LineWriter.TryWrite(destination, Parts(line), line.Whole, form, out written)
            : LineWriter.TryWrite(destination, Parts(line), line.Real, form, out written));
        FitsExactly(expected, (Span<byte> destination, out int written) =>
        {
            var head = Encoding.UTF8.GetBytes(line.Head + line.HeadEnd);
            var tail = Encoding.UTF8.GetBytes(line.Tail + line.TailEnd);
            return line.IsWhole
                ? LineWriter.TryWrite(destination, head, line.Whole, tail, form, out written)
                : LineWriter.TryWrite(destination, head, line.Real, tail, form, out written);
        });
    }).Check(ManyCases);

    [Fact]
    public void A_pair_of_lines_fits_exactly_or_not_at_all() => Prop.ForAll(Lines.ToArbitrary(), line =>
    {
        var form = line.IsPlain ? NumberForm.Plain : NumberForm.Shortest;
        var (before, after) = (line.Head + line.HeadEnd, line.Tail + line.TailEnd);
        var expected = $"{before}:0{after}\n{before}:{Number(line)}{after}";
        FitsExactly(expected, (Span<byte> destination, out int written) => line.IsWhole
            ? LineWriter.TryWriteAfterReset(destination, Parts(line), line.Whole, form, out written)
            : LineWriter.TryWriteAfterReset(destination, Parts(line), line.Real, form, out written));
    }).Check(ManyCases);

    private static string Number(Line line) =>
        line.IsWhole ? line.Whole.ToString(CultureInfo.InvariantCulture) : NumberText.Of(line.Real, line.IsPlain);

    private static LineParts Parts(Line line) => new()
    {
        Head = Encoding.UTF8.GetBytes(line.Head),
        HeadEnd = Encoding.UTF8.GetBytes(line.HeadEnd),
        Tail = Encoding.UTF8.GetBytes(line.Tail),
        TailEnd = Encoding.UTF8.GetBytes(line.TailEnd),
    };

    private static void FitsExactly(string expected, Writer write)
    {
        var length = Encoding.UTF8.GetByteCount(expected);
        var memory = new byte[length + 40];
        Assert.True(write(memory.AsSpan(0, length), out var written));
        Assert.Equal(expected, Encoding.UTF8.GetString(memory, 0, written));
        Assert.False(write(new byte[length - 1], out _));
        Assert.True(write(memory, out written));
        Assert.Equal(expected, Encoding.UTF8.GetString(memory, 0, written));
        Assert.All(memory[length..], octet => Assert.Equal(0, octet));
    }
}
