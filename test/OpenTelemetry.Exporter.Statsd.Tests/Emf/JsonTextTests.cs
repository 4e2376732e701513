using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Emf;
using OpenTelemetry.Exporter.Statsd.Tests.Properties;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

public class JsonTextTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a/b", "\"a/b\"")]
    [InlineData("\"\\", "\"\\\"\\\\\"")]
    [InlineData("\0\n\u001f\u007f", "\"\\u0000\\u000a\\u001f\u007f\"")]
    [InlineData("Z\u00fcrich \u6771\u4eac \U0001f600", "\"Z\u00fcrich \u6771\u4eac \U0001f600\"")]
    [InlineData("<&'+\u2028>", "\"<&'+\u2028>\"")]
    public void Only_what_has_to_be_is_escaped(string text, string json) => Assert.Equal(json, Written(text));

    /// <summary>No inline data: an attribute's texts are UTF-8, which has no lone surrogates.</summary>
    [Fact]
    public void A_lone_surrogate_is_replaced() => Assert.Equal("\"\ufffda\ufffd\"", Written("\ud800a\udc00"));

    [Fact]
    public void Any_text_is_read_back() => Prop.ForAll(HostileText.Any.ToArbitrary(), text =>
    {
        var json = Written(text);
        Assert.Equal(string.Concat(text.EnumerateRunes()), JsonSerializer.Deserialize<string>(json));
        Assert.InRange(Encoding.UTF8.GetByteCount(json), 2, JsonText.MaxBytes(text.Length));
        Assert.DoesNotContain(json, character => character < ' ');
    }).Check(RandomCases.Of(20_000));

    [Fact]
    public void A_text_fits_where_it_just_fits_and_nowhere_else() => Prop.ForAll(HostileText.Any.Where(text => text.Length < 300).ToArbitrary(), text =>
    {
        var length = Encoding.UTF8.GetByteCount(Written(text));
        Assert.True(JsonText.TryWrite(new byte[length], text, out var written));
        Assert.Equal(length, written);
        for (var room = 0; room < length; room++)
        {
            Assert.False(JsonText.TryWrite(new byte[room], text, out written));
            Assert.Equal(0, written);
        }
    }).Check(RandomCases.Of(500));

    [Theory]
    [InlineData('a')]
    [InlineData('"')]
    [InlineData('\u001f')]
    [InlineData('\uffff')]
    [InlineData('\ud800')]
    public void No_text_is_longer_than_the_longest(char character)
    {
        Assert.True(JsonText.TryWrite(new byte[JsonText.MaxBytes(100)], new string(character, 100), out _));
        Assert.Equal(602, JsonText.MaxBytes(100));
    }

    private static string Written(string text)
    {
        var destination = new byte[(6 * text.Length) + 2];
        Assert.True(JsonText.TryWrite(destination, text, out var written));
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(destination, 0, written);
    }
}
