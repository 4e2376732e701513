using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace OpenTelemetry.Exporter.Statsd.Tests;

/// <summary>How many random cases a property is tried with, and which.</summary>
/// <remarks>
/// Other ones in each run, unless the environment variable <c>TEST_CASES</c> is set: its text decides which. <c>TEST_CASES_TIMES</c> multiplies their
/// number.
/// </remarks>
internal static class RandomCases
{
    private static readonly string? Text = Environment.GetEnvironmentVariable("TEST_CASES");

    private static readonly int Times =
        Environment.GetEnvironmentVariable("TEST_CASES_TIMES") is { Length: > 0 } times ? int.Parse(times, CultureInfo.InvariantCulture) : 1;

    /// <param name="count">How many a run tries by default.</param>
    public static Config Of(int count)
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(count * Times);
        if (string.IsNullOrEmpty(Text))
        {
            return config;
        }

        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Text));

        // What the generator adds at each step has to be odd.
        return config.WithReplay(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash, sizeof(ulong)) | 1);
    }
}
