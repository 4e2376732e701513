using System.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Diagnostics;
using OpenTelemetry.Exporter.Statsd.Packing;
using OpenTelemetry.Exporter.Statsd.Transport;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>Writes the points of each group as documents, as few as they fit into, and those into packets.</summary>
/// <remarks>
/// <para>One owner at a time: the thread that exports. Allocates nothing once its memory has grown to what an export takes.</para>
/// <para>A document has a name once, so points whose metrics have the same one are in several. A histogram of more values than a metric may have is
/// in as many documents as it takes; those are of such histograms alone, and share one fate.</para>
/// </remarks>
/// <param name="packets">Where documents go.</param>
/// <param name="tally">Counts points that are not quite what was recorded.</param>
/// <param name="endpoint">Where the packets go.</param>
internal sealed class DocumentPacker(PacketBuilder packets, ExportTally tally, Endpoint endpoint)
{
    /// <summary>A receiver of datagrams takes each for one document.</summary>
    private readonly bool isOnePerPacket = endpoint.Framing == PacketFraming.Datagram;

    /// <summary>Others write to the standard output, too: what goes there in one piece stays in one piece.</summary>
    private readonly DocumentDraft draft = new(
        packets.MaxPacketBytes,
        endpoint.Kind == EndpointKind.StandardOutput ? Math.Min(endpoint.DefaultMaxPacketBytes, packets.MaxPacketBytes) : packets.MaxPacketBytes);

    private DocumentPart[] pending = new DocumentPart[128];
    private DocumentPart[] left = new DocumentPart[128];
    private DocumentPart[] split = new DocumentPart[4];
    private int pendingCount;
    private int splitCount;

    /// <summary>Writes all points, and forgets them. Lets no exception out.</summary>
    public void Write(PointStore points, DocumentHead head)
    {
        var before = packets.Entries;
        try
        {
            draft.Begin(head);
            foreach (var group in points.Groups)
            {
                Start(points, group);
                WriteWhole(points, group);
                WriteSplit(points, group);
            }
        }
#pragma warning disable CA1031 // Whatever goes wrong is counted and told, and happens neither to the SDK nor to the next export.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            packets.AbandonEntry();
            tally.CountDroppedPoints(DropReason.InternalError, points.Count - (packets.Entries - before));
            tally.Events.ExportFailed(exception);
        }

        points.Clear();
    }

    /// <summary>Drafts the first document of a group; points that are left are pending, and those apart that are too large for a document.</summary>
    private void Start(PointStore points, DocumentGroup group)
    {
        draft.Clear(group);
        pendingCount = 0;
        splitCount = 0;
        for (var index = group.FirstPoint; index != DocumentGroup.None; index = points[index].Next)
        {
            ref readonly var point = ref points[index];
            var alterations = group.Alterations | point.Metric.Alterations | (point.Kind == PointKind.AlteredHistogram ? Alterations.NonFinite : Alterations.None);
            if (alterations != Alterations.None)
            {
                Count(alterations);
            }

            var length = point.IsHistogram ? points.HistogramOf(in point).Length : 0;
            if (length <= 1 || length <= draft.MaxValuesOf(group, point.Metric))
            {
                var part = new DocumentPart(index, 0, length);
                if (!draft.TryAdd(points, in part, in point))
                {
                    Add(ref pending, pendingCount++, part);
                }
            }
            else
            {
                Add(ref split, splitCount++, new DocumentPart(index, 0, draft.MaxValuesOf(group, point.Metric)));
            }
        }
    }

    private void WriteWhole(PointStore points, DocumentGroup group)
    {
        while (draft.Count > 0)
        {
            var entries = draft.Count;
            if (TryWriteDraft(points, group, out var written))
            {
                packets.CommitEntries(written, entries);
                EndPacket();
            }
            else
            {
                Fail(points, DropReason.LineTooLong);
            }

            pendingCount = Draft(points, group, pending.AsSpan(0, pendingCount));
            (pending, left) = (left, pending);
        }
    }

    /// <summary>Writes histograms part by part, each document with one of each that has any left.</summary>
    private void WriteSplit(PointStore points, DocumentGroup group)
    {
        if (splitCount == 0)
        {
            return;
        }

        pendingCount = splitCount;
        split.AsSpan(0, splitCount).CopyTo(pending.Length >= splitCount ? pending : pending = new DocumentPart[splitCount]);
        while (pendingCount > 0)
        {
            var count = Draft(points, group, pending.AsSpan(0, pendingCount));
            if (TryWriteDraft(points, group, out var written))
            {
                packets.Commit(written);
            }
            else
            {
                packets.FailEntry(DropReason.LineTooLong);
            }

            foreach (ref readonly var part in draft.Parts)
            {
                var next = part.Start + part.Length;
                var rest = points.HistogramOf(in points[part.Point]).Length - next;
                if (rest > 0)
                {
                    Add(ref left, count++, new DocumentPart(part.Point, next, Math.Min(rest, part.Length)));
                }
            }

            pendingCount = count;
            (pending, left) = (left, pending);
            if (pendingCount > 0)
            {
                EndPacket();
            }
        }

        // Before its packet ends: that is the one which the entries end in.
        packets.CompleteEntries(splitCount);
        EndPacket();
    }

    /// <summary>Puts as much into a document as it takes.</summary>
    /// <returns>How many parts are left.</returns>
    private int Draft(PointStore points, DocumentGroup group, ReadOnlySpan<DocumentPart> parts)
    {
        var count = 0;
        draft.Clear(group);
        foreach (ref readonly var part in parts)
        {
            if (!draft.TryAdd(points, in part, in points[part.Point]))
            {
                Add(ref left, count++, part);
            }
        }

        return count;
    }

    private bool TryWriteDraft(PointStore points, DocumentGroup group, out int written)
    {
        if (draft.TryWrite(packets.Free, points, group, out written))
        {
            return true;
        }

        if (packets.IsEmpty)
        {
            return false;
        }

        packets.Flush();
        return draft.TryWrite(packets.Free, points, group, out written);
    }

    private void EndPacket()
    {
        if (isOnePerPacket)
        {
            packets.Flush();
        }
    }

    private void Fail(PointStore points, DropReason reason)
    {
        Debug.Assert(draft.Count == 1, "Of more than one point it is known that they fit.");
        foreach (ref readonly var part in draft.Parts)
        {
            packets.FailEntries(reason, 1);
            packets.Events.LineTooLong(points[part.Point].Metric.Name, packets.MaxPacketBytes);
        }
    }

    private void Count(Alterations alterations)
    {
        for (var reason = 0; alterations != Alterations.None; reason++)
        {
            var bit = (Alterations)(1 << reason);
            if (alterations.HasFlag(bit))
            {
                tally.CountAlteredPoint((AlterReason)reason);
                alterations &= ~bit;
            }
        }
    }

    private static void Add(ref DocumentPart[] parts, int index, DocumentPart part)
    {
        if (index == parts.Length)
        {
            Array.Resize(ref parts, 2 * index);
        }

        parts[index] = part;
    }
}
