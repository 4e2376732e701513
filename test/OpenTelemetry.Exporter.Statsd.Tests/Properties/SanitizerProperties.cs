using System.Text;
using FsCheck;
using FsCheck.Fluent;
using OpenTelemetry.Exporter.Statsd.Statsd;

namespace OpenTelemetry.Exporter.Statsd.Tests.Properties;

/// <summary>Any text becomes one that the receiver carries, and two texts become one only where that is documented.</summary>
public sealed class SanitizerProperties
{
    private static readonly Config ManyCases = RandomCases.Of(20_000);

    private static readonly Alphabet Plain = Alphabet.LettersDigitsAnd("_.-");

    private static readonly Alphabet[] Alphabets =
        [Plain, Alphabet.LettersDigitsAnd("_"), Alphabet.LettersDigitsAnd("_.-/", hasUnicode: true), Alphabet.AllBut(",|"), Alphabet.AllBut(",|:")];

    private static readonly Gen<(string Text, Alphabet Alphabet, int MaxBytes)> Inputs =
        from text in HostileText.Any
        from alphabet in Gen.Elements(Alphabets)
        from maxBytes in Gen.Choose(16, 600)
        select (text, alphabet, maxBytes);

    /// <summary>Texts without ASCII, so that a plain alphabet loses each character of them.</summary>
    private static readonly Gen<string> Foreign =
        Gen.NonEmptyListOf(Gen.Choose(0xA0, 0xD7FF)).Select(codes => string.Concat(codes.Select(code => (char)code)));

    [Fact]
    public void The_result_fits_and_is_made_of_the_alphabet() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var result = Sanitised(input.Text, input.Alphabet, input.MaxBytes);
        Assert.InRange(Encoding.UTF8.GetByteCount(result), 0, input.MaxBytes);
        Assert.All(result.EnumerateRunes(), character => Assert.True(input.Alphabet.Contains(character), $"U+{character.Value:x4} is not in it."));
    }).Check(ManyCases);

    [Fact]
    public void Sanitising_again_changes_nothing() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var result = Sanitised(input.Text, input.Alphabet, input.MaxBytes);
        Assert.Equal(result, Sanitised(result, input.Alphabet, input.MaxBytes));
    }).Check(ManyCases);

    [Fact]
    public void A_text_that_fits_and_is_made_of_the_alphabet_stays_as_it_is() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var (text, alphabet, _) = input;
        var carried = string.Concat(text.EnumerateRunes().Where(alphabet.Contains));
        Assert.Equal(carried, Sanitised(carried, alphabet, Math.Max(16, Encoding.UTF8.GetByteCount(carried))));
    }).Check(ManyCases);

    [Fact]
    public void A_text_too_long_by_a_byte_ends_in_a_hash() => Prop.ForAll(Inputs.ToArbitrary(), input =>
    {
        var (text, alphabet, _) = input;
        var carried = string.Concat(text.EnumerateRunes().Where(alphabet.Contains)) + Times(17, "x");
        var bytes = Encoding.UTF8.GetByteCount(carried);
        var result = Sanitised(carried, alphabet, bytes - 1);
        Assert.Matches("_[0-9a-f]{8}$", result);
        Assert.StartsWith(result[..^9], carried, StringComparison.Ordinal);

        // One character takes four bytes at the most.
        Assert.InRange(Encoding.UTF8.GetByteCount(result), bytes - 4, bytes - 1);
    }).Check(ManyCases);

    [Fact]
    public void Texts_that_differ_in_characters_that_are_lost_stay_different() => Prop.ForAll(
        HostileText.Any.Two().Zip(Foreign.Two()).ToArbitrary(),
        input =>
        {
            var ((before, after), (one, other)) = input;
            Assert.Equal(one == other, Sanitised(before + one + after, Plain, 100) == Sanitised(before + other + after, Plain, 100));
        }).Check(ManyCases);

    [Fact]
    public void Texts_that_differ_behind_the_limit_stay_different() => Prop.ForAll(
        (from one in HostileText.Any from other in HostileText.Any select (one, other)).ToArbitrary(),
        input => Assert.Equal(input.one == input.other, LongSanitised(input.one) == LongSanitised(input.other))).Check(ManyCases);

    private static string LongSanitised(string end) => Sanitised(Times(100, "x") + end, Plain, 100 - 1);

    private static string Times(int count, string text) => string.Concat(Enumerable.Repeat(text, count));

    private static string Sanitised(string text, Alphabet alphabet, int maxBytes)
    {
        var destination = new byte[maxBytes + 8];
        var written = Sanitizer.Write(destination, text, alphabet, maxBytes);
        Assert.All(destination[maxBytes..], octet => Assert.Equal(0, octet));
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(destination, 0, written);
    }
}
