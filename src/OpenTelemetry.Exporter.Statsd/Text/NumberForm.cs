namespace OpenTelemetry.Exporter.Statsd.Text;

/// <summary>Whether a number may carry an exponent.</summary>
internal enum NumberForm
{
    /// <summary>Plain decimal in the usual range, an exponent beyond it.</summary>
    Shortest,

    /// <summary>Plain decimal always, for readers that stop at an <c>e</c>.</summary>
    Plain,
}
