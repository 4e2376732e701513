namespace OpenTelemetry.Exporter.Statsd.Diagnostics;

/// <summary>What an exporter has done since it was made, and what it holds.</summary>
/// <remarks>
/// The threads that export and that stream write, one at a time by a lock; any thread reads, without one. A count is stored with release
/// and loaded with acquire semantics: it is never torn and never falls, and who sees a count sees all that was counted in the same call
/// before it. Counts that are read while a tally is added may or may not include it, each for itself.
/// </remarks>
/// <param name="events">What the exporter tells.</param>
/// <param name="delivery">What it holds.</param>
/// <param name="provider">The provider that the exporter belongs to, once it does.</param>
internal sealed class ExporterStatistics(ExporterEvents events, IDeliveryState delivery, Func<object?> provider)
{
    private readonly Lock writing = new();
    private readonly CombinedDelivery delivery = new(delivery);
    private readonly long[] pointsDropped = new long[DropReasons.Count];
    private readonly long[] pointsAltered = new long[AlterReasons.Count];
    private readonly long[] measurementsDropped = new long[DropReasons.Count];
    private readonly long[] packetsDropped = new long[DropReasons.Count];
    private readonly long[] bytesDropped = new long[DropReasons.Count];
    private long pointsExported;
    private long measurementsExported;
    private long packetsSent;
    private long packetsResent;
    private long bytesSent;
    private long addressChanges;
    private long encoderBytes;
    private volatile IStreamState? stream;
    private volatile bool isClosed;

    public string Exporter => Events.Exporter;

    /// <summary>Of everything that the exporter sends with.</summary>
    public ExporterEvents Events { get; } = events;

    public object? Provider => provider();

    public ExporterFormat Format { get; init; }

    /// <summary>Of everything that the exporter sends with.</summary>
    public IDeliveryState Delivery => delivery;

    public long PointsExported => Volatile.Read(ref pointsExported);

    public long MeasurementsExported => Volatile.Read(ref measurementsExported);

    /// <summary>What the stream has not taken in, if there is one.</summary>
    public IReadOnlyCollection<RefusedMeasurements> MeasurementsRefused => stream?.Refused ?? [];

    public long PacketsSent => Volatile.Read(ref packetsSent);

    public long PacketsResent => Volatile.Read(ref packetsResent);

    public long BytesSent => Volatile.Read(ref bytesSent);

    public long AddressChanges => Volatile.Read(ref addressChanges);

    /// <summary>Fixed buffers and what is kept encoded of series.</summary>
    public long MemoryBytes => Delivery.MemoryBytes + Volatile.Read(ref encoderBytes) + (stream?.StreamBytes ?? 0);

    /// <summary>Whether the exporter was disposed of, and will hold nothing any more.</summary>
    public bool IsClosed => isClosed;

    public long PointsDropped(DropReason reason) => Volatile.Read(ref pointsDropped[(int)reason]);

    public long PointsAltered(AlterReason reason) => Volatile.Read(ref pointsAltered[(int)reason]);

    public long MeasurementsDropped(DropReason reason) => Volatile.Read(ref measurementsDropped[(int)reason]);

    public long PacketsDropped(DropReason reason) => Volatile.Read(ref packetsDropped[(int)reason]);

    public long BytesDropped(DropReason reason) => Volatile.Read(ref bytesDropped[(int)reason]);

    /// <summary>Says what streams beside the export. Once, before it begins.</summary>
    public void Attach(IStreamState stream)
    {
        this.stream = stream;
        delivery.Add(stream);
    }

    /// <summary>Adds what happened since the last time, of an export.</summary>
    public void Add(ExportTally tally)
    {
        lock (writing)
        {
            Add(ref pointsExported, tally.PointsExported);
            Add(pointsDropped, tally.PointsDropped);
            Add(pointsAltered, tally.PointsAltered);
            AddPackets(tally);
        }
    }

    /// <summary>Adds what happened since the last time, of a stream, in which an entry is a measurement.</summary>
    public void AddStreamed(ExportTally tally)
    {
        lock (writing)
        {
            Add(ref measurementsExported, tally.PointsExported);
            Add(measurementsDropped, tally.PointsDropped);
            AddPackets(tally);
        }
    }

    /// <summary>Says how much memory encoding takes now.</summary>
    public void SetEncoderBytes(long bytes) => Volatile.Write(ref encoderBytes, bytes);

    /// <summary>Says that the exporter was disposed of. May be called by any thread.</summary>
    public void Close() => isClosed = true;

    private void AddPackets(ExportTally tally)
    {
        Add(ref packetsSent, tally.PacketsSent);
        Add(ref packetsResent, tally.PacketsResent);
        Add(ref bytesSent, tally.BytesSent);
        Add(ref addressChanges, tally.AddressChanges);
        Add(packetsDropped, tally.PacketsDropped);
        Add(bytesDropped, tally.BytesDropped);
    }

    private static void Add(ref long total, long value) => Volatile.Write(ref total, total + value);

    private static void Add(long[] totals, ReadOnlySpan<long> values)
    {
        for (var i = 0; i < totals.Length; i++)
        {
            Add(ref totals[i], values[i]);
        }
    }
}
