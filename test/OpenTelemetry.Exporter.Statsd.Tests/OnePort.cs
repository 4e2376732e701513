using System.Net.Sockets;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>One port at two addresses, of which the second may have it taken.</summary>
internal static class OnePort
{
    private const int Attempts = 20;

    /// <summary>Opens something at any free port, and something else at the same port of another address; at another port where that one is in use.</summary>
    public static (TFirst First, TSecond Second) Take<TFirst, TSecond>(Func<TFirst> first, Func<TFirst, TSecond> second)
        where TFirst : IDisposable
    {
        for (var attempt = 1; ; attempt++)
        {
            var one = first();
            try
            {
                return (one, second(one));
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Attempts)
            {
                one.Dispose();
            }
        }
    }
}
