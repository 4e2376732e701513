using System.Buffers;

namespace OpenTelemetry.Exporter.Statsd.Emf;

/// <summary>How a metric is declared in a document, and what its value is called there; never changed.</summary>
internal sealed class MetricText
{
    private readonly byte[] text;
    private readonly int declarationLength;

    /// <param name="name">As CloudWatch takes it.</param>
    /// <param name="unit">Its unit.</param>
    /// <param name="isHighResolution">Whether it is kept by the second.</param>
    /// <param name="alterations">How the name differs from the metric's.</param>
    public MetricText(string name, EmfUnit unit, bool isHighResolution, Alterations alterations)
    {
        Name = name;
        Alterations = alterations;
        var writer = new ArrayBufferWriter<byte>();
        writer.Write("{\"Name\":"u8);
        JsonText.Write(writer, name);
        if (!unit.Name.IsEmpty)
        {
            writer.Write(",\"Unit\":\""u8);
            writer.Write(unit.Name);
            writer.Write("\""u8);
        }

        writer.Write(isHighResolution ? ",\"StorageResolution\":1}"u8 : "}"u8);
        declarationLength = writer.WrittenCount;
        writer.Write(","u8);
        JsonText.Write(writer, name);
        writer.Write(":"u8);
        text = writer.WrittenSpan.ToArray();
    }

    public string Name { get; }

    public Alterations Alterations { get; }

    /// <summary><c>{"Name":"name","Unit":"unit"}</c></summary>
    public ReadOnlySpan<byte> Declaration => text.AsSpan(0, declarationLength);

    /// <summary><c>,"name":</c></summary>
    public ReadOnlySpan<byte> Key => text.AsSpan(declarationLength);

    /// <summary>Of declaration and key together, in bytes.</summary>
    public int Length => text.Length;
}
