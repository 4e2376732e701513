using System.Globalization;
using System.Net.Sockets;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Benchmarks;

/// <summary>
/// The exporter that one would write by hand in an afternoon: the same lines in the same packets, out of interpolated
/// strings.
/// </summary>
/// <remarks>It sanitises nothing, counts no losses and retries nothing, all of which would make it slower.</remarks>
/// <param name="socket">Where packets go, one call each; <see langword="null"/> if nowhere. Belongs to the exporter from now on.</param>
/// <param name="maxPacketBytes">The size of a packet.</param>
internal sealed class NaiveExporter(Socket? socket, int maxPacketBytes) : BaseExporter<Metric>
{
    private readonly byte[] packet = new byte[maxPacketBytes];
    private int length;

    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
        {
            foreach (ref readonly var point in metric.GetMetricPoints())
            {
                if (metric.MetricType == MetricType.Histogram)
                {
                    WriteHistogram(metric.Name, in point);
                }
                else
                {
                    Write($"{metric.Name}:{point.GetSumLong()}|c|#{TagsOf(in point)}");
                }
            }
        }

        Flush();
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static string TagsOf(ref readonly MetricPoint point)
    {
        var tags = new StringBuilder();
        foreach (var (key, value) in point.Tags)
        {
            tags.Append(tags.Length == 0 ? "" : ",").Append(key).Append(':').Append(value);
        }

        return tags.ToString();
    }

    private void WriteHistogram(string name, ref readonly MetricPoint point)
    {
        var tags = TagsOf(in point);
        var count = point.GetHistogramCount();
        var sum = point.GetHistogramSum();
        Write($"{name}.count:{count}|c|#{tags}");
        Write(string.Create(CultureInfo.InvariantCulture, $"{name}.sum:{sum}|c|#{tags}"));
        if (point.TryGetHistogramMinMaxValues(out var min, out var max))
        {
            Write(string.Create(CultureInfo.InvariantCulture, $"{name}.min:{min}|g|#{tags}"));
            Write(string.Create(CultureInfo.InvariantCulture, $"{name}.max:{max}|g|#{tags}"));
        }

        Write(string.Create(CultureInfo.InvariantCulture, $"{name}.avg:{sum / count}|g|#{tags}"));
    }

    private void Write(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        if (length > 0 && length + 1 + bytes.Length > packet.Length)
        {
            Flush();
        }

        if (length > 0)
        {
            packet[length++] = (byte)'\n';
        }

        bytes.CopyTo(packet, length);
        length += bytes.Length;
    }

    private void Flush()
    {
        if (socket is not null)
        {
            BareSocket.Send(socket, packet.AsSpan(0, length));
        }

        length = 0;
    }
}
