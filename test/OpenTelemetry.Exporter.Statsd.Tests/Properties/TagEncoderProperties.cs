using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Statsd;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Whatever the attributes, each key is written once, each tag fits, and all of them fit where they are written.</summary>
public sealed class TagEncoderProperties
{
    /// <summary>Few keys that differ in little, so that many become the same.</summary>
    private static readonly Gen<string> Key = Gen.Frequency(
        (3, Gen.Elements("a b", "a_b", "a:b", "a_b_2", "a|b", "A_b", "host", "otel.host", "upper_bound", "upper|bound", "otel.upper_bound")),
        (2, HostileText.Any));

    private static readonly Gen<(StatsdProfile Profile, (string Key, string Value)[] Attributes, (string Key, string Value)[] Constants)> Inputs =
        from profile in Gen.Elements(Enum.GetValues<StatsdProfile>())
        from attributes in Gen.Choose(0, 14).SelectMany(count => Gen.ArrayOf(Key.Zip(HostileText.Any), count))
        from constants in Gen.Choose(0, 3).SelectMany(count => Gen.ArrayOf(Key.Where(key => key.Length > 0).Zip(HostileText.Any), count))
        select (profile, attributes, constants);

    [Fact]
    public void Tags_are_the_documented_ones() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var profile = input.Profile.ToReceiverProfile();
        var encoder = new TagEncoder(profile);
        EncodedTag[] constants = [.. input.Constants.Select(tag => encoder.Encode(tag.Key, tag.Value))];
        KeyValuePair<string, object?>[] attributes = [.. input.Attributes.Select(tag => KeyValuePair.Create(tag.Key, (object?)tag.Value))];
        var destination = new byte[encoder.MaxBytes(attributes.Length, constants)];
        var written = Encoding.UTF8.GetString(destination, 0, encoder.Write(destination, attributes, constants));

        var rules = DocumentedRules.Of[input.Profile];
        var expected = rules.Tags(
            [.. input.Attributes.Select(tag => new Attribute(tag.Key, tag.Value))], input.Constants.Select(tag => rules.Constant(tag.Key, tag.Value)));
        Assert.Equal(rules.Line("m", expected, "1", "c"), profile.Tags?.Position == TagPosition.AfterType ? $"m:1|c{written}" : $"m{written}:1|c");
        Assert.Equal(expected.Count, expected.DistinctBy(tag => tag.Key).Count());
        Assert.All(expected, tag => Assert.InRange(
            Encoding.UTF8.GetByteCount($"{tag.Key}:{tag.Value}"), 3, input.Profile == StatsdProfile.DatadogAgent ? 200 : 512));
    }).Check(RandomCases.Of(20_000));
}
