using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Statsd;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>A name begins with a letter, so that no receiver takes a line for an event or a service check, and it fits.</summary>
public sealed class NameEncoderProperties
{
    private static readonly Gen<(StatsdProfile Profile, string Prefix, string Name, string Suffix)> Inputs =
        from profile in Gen.Elements(Enum.GetValues<StatsdProfile>())
        from prefix in Gen.Frequency((1, Gen.Constant(string.Empty)), (1, HostileText.Any.Where(text => text.Length <= 100)))
        from name in HostileText.Any
        from suffix in Gen.Elements(string.Empty, ".count", ".bucket")
        select (profile, prefix, name, suffix);

    [Fact]
    public void A_name_is_the_documented_one() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var bytes = NameEncoder.Encode(input.Profile.ToReceiverProfile(), input.Prefix, input.Name, input.Suffix);
        Assert.InRange(bytes.Length, 1, input.Profile == StatsdProfile.DatadogAgent ? 200 : 255);
        Assert.True(char.IsAsciiLetter((char)bytes[0]));
        Assert.Equal(DocumentedRules.Of[input.Profile].Name(input.Prefix, input.Name, input.Suffix), Encoding.UTF8.GetString(bytes));
    }).Check(RandomCases.Of(20_000));
}
