using System.Runtime.CompilerServices;

namespace OpenTelemetry.Exporter.Prometheus.Scraping;

/// <summary>Lets no two exporters of one provider and of different names have addresses that overlap, on which one of them could never listen.</summary>
/// <remarks>
/// One thread builds a provider, so those of one container are asked for one after another. They are no services of it, as
/// exporters can still be added when services cannot.
/// </remarks>
internal static class OwnPorts
{
    private static readonly ConditionalWeakTable<IServiceProvider, Dictionary<string, ListenAddress>> Taken = [];

    /// <summary>Takes <paramref name="address"/> for the exporter of that name, unless the provider has one of that name, which is the one served.</summary>
    /// <returns>Whether to listen.</returns>
    /// <exception cref="InvalidOperationException">An exporter of another name has an address that overlaps.</exception>
    public static bool TryTake(IServiceProvider services, string name, ListenAddress address)
    {
        var taken = Taken.GetOrCreateValue(services);
        foreach (var (other, theirs) in taken)
        {
            if (other != name && theirs.Overlaps(address))
            {
                throw new InvalidOperationException(
                    $"Two Prometheus exporters of the MeterProvider, '{other}' and '{name}', have the same Port, {address.Port}, "
                    + $"on Hosts that overlap, '{theirs.Host}' and '{address.Host}'. "
                    + "Valid: for each exporter a Port of its own, or the same one on different IP addresses.");
            }
        }

        return taken.TryAdd(name, address);
    }
}
