using System.Text;
using OpenTelemetry.Exporter.Statsd.Emf;

namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

public class EmfUnitTests
{
    /// <summary>All that CloudWatch knows, from the schema of its embedded metric format.</summary>
    private const string Names =
        "Seconds Microseconds Milliseconds Bytes Kilobytes Megabytes Gigabytes Terabytes Bits Kilobits Megabits Gigabits Terabits Percent Count "
        + "Bytes/Second Kilobytes/Second Megabytes/Second Gigabytes/Second Terabytes/Second Bits/Second Kilobits/Second Megabits/Second "
        + "Gigabits/Second Terabits/Second Count/Second";

    /// <summary>The value is what one and a half of the unit are.</summary>
    [Theory]
    [InlineData("s", "Seconds", 1.5)]
    [InlineData("ms", "Milliseconds", 1.5)]
    [InlineData("us", "Microseconds", 1.5)]
    [InlineData("\u00B5s", "Microseconds", 1.5)]
    [InlineData("\u03BCs", "Microseconds", 1.5)]
    [InlineData("ns", "Microseconds", 0.0015)]
    [InlineData("min", "Seconds", 90)]
    [InlineData("h", "Seconds", 5_400)]
    [InlineData("d", "Seconds", 129_600)]
    [InlineData("%", "Percent", 1.5)]
    [InlineData("By", "Bytes", 1.5)]
    [InlineData("kBy", "Kilobytes", 1.5)]
    [InlineData("MBy", "Megabytes", 1.5)]
    [InlineData("GBy", "Gigabytes", 1.5)]
    [InlineData("TBy", "Terabytes", 1.5)]
    [InlineData("KiBy", "Kilobytes", 1.536)]
    [InlineData("MiBy", "Megabytes", 1.572864)]
    [InlineData("GiBy", "Gigabytes", 1.610612736)]
    [InlineData("TiBy", "Terabytes", 1.649267441664)]
    [InlineData("bit", "Bits", 1.5)]
    [InlineData("kbit", "Kilobits", 1.5)]
    [InlineData("Mbit", "Megabits", 1.5)]
    [InlineData("Gbit", "Gigabits", 1.5)]
    [InlineData("Tbit", "Terabits", 1.5)]
    [InlineData("Kibit", "Kilobits", 1.536)]
    [InlineData("Mibit", "Megabits", 1.572864)]
    [InlineData("Gibit", "Gigabits", 1.610612736)]
    [InlineData("Tibit", "Terabits", 1.649267441664)]
    [InlineData("By/s", "Bytes/Second", 1.5)]
    [InlineData("kBy/s", "Kilobytes/Second", 1.5)]
    [InlineData("MBy/s", "Megabytes/Second", 1.5)]
    [InlineData("GBy/s", "Gigabytes/Second", 1.5)]
    [InlineData("TBy/s", "Terabytes/Second", 1.5)]
    [InlineData("KiBy/s", "Kilobytes/Second", 1.536)]
    [InlineData("MiBy/s", "Megabytes/Second", 1.572864)]
    [InlineData("GiBy/s", "Gigabytes/Second", 1.610612736)]
    [InlineData("TiBy/s", "Terabytes/Second", 1.649267441664)]
    [InlineData("bit/s", "Bits/Second", 1.5)]
    [InlineData("kbit/s", "Kilobits/Second", 1.5)]
    [InlineData("Mbit/s", "Megabits/Second", 1.5)]
    [InlineData("Gbit/s", "Gigabits/Second", 1.5)]
    [InlineData("Tbit/s", "Terabits/Second", 1.5)]
    [InlineData("Kibit/s", "Kilobits/Second", 1.536)]
    [InlineData("Mibit/s", "Megabits/Second", 1.572864)]
    [InlineData("Gibit/s", "Gigabits/Second", 1.610612736)]
    [InlineData("Tibit/s", "Terabits/Second", 1.649267441664)]
    [InlineData("{request}", "Count", 1.5)]
    [InlineData("{cpu core}", "Count", 1.5)]
    [InlineData("{request}/s", "Count/Second", 1.5)]
    [InlineData("1/s", "Count/Second", 1.5)]
    public void A_code_has_a_unit(string ucum, string name, double value)
    {
        var unit = EmfUnit.Of(ucum);
        Assert.Equal(name, Encoding.ASCII.GetString(unit.Name));
        Assert.Equal(value, unit.Scale(1.5));
        Assert.Equal(value != 1.5, unit.IsScaled);
    }

    [Fact]
    public void A_name_of_CloudWatch_is_taken_in_any_case()
    {
        Assert.All(Names.Split(' '), name => Assert.All([name, name.ToUpperInvariant(), name.ToLowerInvariant()], text =>
        {
            var unit = EmfUnit.Of(text);
            Assert.Equal(name, Encoding.ASCII.GetString(unit.Name));
            Assert.Equal(name, unit.ToString());
            Assert.False(unit.IsScaled);
        }));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("None")]
    [InlineData("none")]
    [InlineData("B")]
    [InlineData("b")]
    [InlineData("kB")]
    [InlineData("KB")]
    [InlineData("by")]
    [InlineData("KBy")]
    [InlineData("PBy")]
    [InlineData("kiBy")]
    [InlineData("Bit")]
    [InlineData("S")]
    [InlineData("MS")]
    [InlineData("H")]
    [InlineData("wk")]
    [InlineData("Cel")]
    [InlineData("Hz")]
    [InlineData("V")]
    [InlineData("By/h")]
    [InlineData("By/min")]
    [InlineData("1/min")]
    [InlineData("{request}/min")]
    [InlineData("%/s")]
    [InlineData("s/s")]
    [InlineData("/s")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("{request")]
    [InlineData("request}")]
    [InlineData("{a}/{b}")]
    [InlineData("{a}{b}")]
    [InlineData("milli seconds")]
    [InlineData(" s")]
    public void Anything_else_has_none(string? ucum)
    {
        var unit = EmfUnit.Of(ucum);
        Assert.Equal(EmfUnit.None, unit);
        Assert.True(unit.Name.IsEmpty);
        Assert.Equal("None", unit.ToString());
        Assert.Equal(1.1, unit.Scale(1.1));
        Assert.False(unit.IsScaled);
    }

    [Fact]
    public void Units_are_equal_if_their_names_and_factors_are()
    {
        Assert.Equal(EmfUnit.Of("By"), EmfUnit.Of("bytes"));
        Assert.Equal(EmfUnit.Of("{request}"), EmfUnit.Of("{error}"));
        Assert.Equal(EmfUnit.Of("us"), EmfUnit.Of("\u00B5s"));
        Assert.NotEqual(EmfUnit.Of("us"), EmfUnit.Of("ns"));
        Assert.NotEqual(EmfUnit.Of("kBy"), EmfUnit.Of("KiBy"));
    }

    [Fact]
    public void Scaling_rounds_once()
    {
        var random = new Random(11);
        for (var i = 0; i < 10_000; i++)
        {
            // Whole numbers whose products are exact as decimals: what is nearest to the true quotient is right.
            var value = random.NextInt64(1L << random.Next(1, 40));
            Assert.Equal((double)(value / 1000m), EmfUnit.Of("ns").Scale(value));
            Assert.Equal((double)(value * 1.024m), EmfUnit.Of("KiBy").Scale(value));
            Assert.Equal((double)(value * 1.048576m), EmfUnit.Of("MiBy").Scale(value));
            Assert.Equal((double)(value * 1.073741824m), EmfUnit.Of("GiBy").Scale(value));
            Assert.Equal((double)(value * 86_400m), EmfUnit.Of("d").Scale(value));
        }
    }
}
