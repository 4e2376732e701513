using System.Diagnostics;
using OpenTelemetry.Exporter.Prometheus.Collecting;
using OpenTelemetry.Exporter.Prometheus.Families;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes an exposition piece by piece, as much at a time as there is space for.</summary>
/// <remarks>Not thread-safe; several may write from one layout and snapshot at the same time, in any formats.</remarks>
internal sealed class ExpositionWriter(Layout layout, Snapshot snapshot, ExpositionFormat format)
{
    private const int MaxSampleOverhead = 160;
    private const int MaxExemplarGrowth = 32;
    private const int MaxBucketGrowth = 24;

    private Stage stage = layout.TargetLabels.Length > 0 ? Stage.Target : Stage.Family;
    private int family;
    private int member;
    private PointReader points;

    private enum Stage
    {
        Target,
        Family,
        Member,
        Point,
        End,
        Done,
    }

    /// <summary>Whether everything has been written.</summary>
    public bool IsComplete => stage == Stage.Done;

    /// <summary>A size, in bytes, that the exposition does not exceed. Cheap, and more often than not far too large.</summary>
    public long MaxSize()
    {
        long size = MaxSampleOverhead + (2L * layout.TargetLabels.Length);
        foreach (var each in layout.Families)
        {
            size += MaxSampleOverhead + (6L * each.Name.Length) + (2L * (each.Help.Length + each.Unit.Length));
            foreach (var part in each.Members)
            {
                var values = snapshot[part.Index];
                var repeats = format.MaxRepeats(each, in part);
                size += repeats * (part.LabelBytes + ((long)values.Count * ((2L * each.Name.Length) + MaxSampleOverhead)));
                size += (MaxBucketGrowth * (long)values.Points.Length) + (MaxExemplarGrowth * (long)values.Exemplars.Length);
            }
        }

        return size;
    }

    /// <summary>Writes what fits.</summary>
    /// <returns>
    /// The bytes written. 0 before <see cref="IsComplete"/> means that <paramref name="destination"/> is too short for the next
    /// piece alone.
    /// </returns>
    public int Fill(Span<byte> destination)
    {
        var filled = 0;
        while (stage != Stage.Done && TryWriteNext(destination[filled..], out var written))
        {
            filled += written;
        }

        return filled;
    }

    private bool TryWriteNext(Span<byte> destination, out int written)
    {
        written = 0;
        switch (stage)
        {
            case Stage.Target:
                return MoveTo(Stage.Family, format.TryWriteTarget(destination, layout.TargetLabels, out written));

            case Stage.Family when family == layout.Families.Length:
                return MoveTo(Stage.End, true);

            case Stage.Family:
                member = 0;
                return MoveTo(Stage.Member, format.TryBeginFamily(destination, layout.Families[family], snapshot, out written));

            case Stage.Member when member == layout.Families[family].Members.Length:
                family++;
                return MoveTo(Stage.Family, true);

            case Stage.Member:
                ref readonly var next = ref layout.Families[family].Members[member];
                points = new PointReader(next.Stream, snapshot[next.Index]);
                return MoveTo(points.MoveNext() ? Stage.Point : SkipMember(), true);

            case Stage.Point:
                return TryWritePoints(destination, out written);

            case Stage.End:
                return MoveTo(Stage.Done, format.TryEnd(destination, out written));

            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Writes points of the present metric until it ends or the space does.</summary>
    private bool TryWritePoints(Span<byte> destination, out int written)
    {
        written = 0;
        var current = layout.Families[family];
        ref readonly var part = ref current.Members[member];
        do
        {
            if (!format.TryWritePoint(destination[written..], current, in part, ref points, out var count))
            {
                return written > 0;
            }

            written += count;
        }
        while (points.MoveNext());
        return MoveTo(SkipMember(), true);
    }

    private Stage SkipMember()
    {
        member++;
        return Stage.Member;
    }

    private bool MoveTo(Stage next, bool isWritten)
    {
        if (isWritten)
        {
            stage = next;
        }

        return isWritten;
    }
}
