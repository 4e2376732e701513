namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>The schema is read, and objects where it should.</summary>
public sealed class EmfSchemaTests
{
    private const string Good = """
        {"_aws":{"Timestamp":1700000000000,"CloudWatchMetrics":[{"Namespace":"n","Dimensions":[["d"],[]],"Metrics":[{"Name":"m","Unit":"Count/Second","StorageResolution":1}]}]},"d":"v","m":1}
        """;

    [Theory]
    [InlineData("_aws", "aws", "PropertyRequired")]
    [InlineData("\"Timestamp\":1700000000000,", "", "PropertyRequired")]
    [InlineData("1700000000000", "\"1700000000000\"", "IntegerExpected")]
    [InlineData("\"n\"", "\"\"", "StringTooShort")]
    [InlineData("[[\"d\"],[]]", "[]", "TooFewItems")]
    [InlineData("[\"d\"]", "[7]", "StringExpected")]
    [InlineData("Count/Second", "Count/Minute", "PatternMismatch")]
    [InlineData("\"Name\":\"m\",", "", "PropertyRequired")]
    public void It_tells_a_bad_document_from_a_good_one(string text, string replacement, string violation)
    {
        Assert.SkipUnless(EmfSchema.IsPresent, "The schema is not beside the repository.");
        Assert.Empty(EmfSchema.Violations(Good));
        Assert.Contains(
            EmfSchema.Violations(Good.Replace(text, replacement, StringComparison.Ordinal)),
            found => found.Contains(violation, StringComparison.Ordinal));
    }

    [Fact]
    public void It_knows_the_greatest_number_of_dimensions()
    {
        Assert.SkipUnless(EmfSchema.IsPresent, "The schema is not beside the repository.");
        var names = string.Join(',', Enumerable.Range(0, 31).Select(i => $"\"{i}\""));
        Assert.Contains("TooManyItems", Assert.Single(EmfSchema.Violations(Good.Replace("[\"d\"]", $"[{names}]", StringComparison.Ordinal))), StringComparison.Ordinal);
    }
}
