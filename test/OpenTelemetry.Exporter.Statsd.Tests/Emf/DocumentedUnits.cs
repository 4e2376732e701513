namespace OpenTelemetry.Exporter.Statsd.Tests.Emf;

/// <summary>What the documentation says of units: the name that CloudWatch has for one, and what values are multiplied by.</summary>
internal static class DocumentedUnits
{
    private static readonly Dictionary<string, (string Name, double Factor)> Table = new()
    {
        [""] = ("None", 1),
        ["1"] = ("None", 1),
        ["%"] = ("Percent", 1),
        ["s"] = ("Seconds", 1),
        ["ms"] = ("Milliseconds", 1),
        ["us"] = ("Microseconds", 1),
        ["ns"] = ("Microseconds", 0.001),
        ["min"] = ("Seconds", 60),
        ["h"] = ("Seconds", 3600),
        ["d"] = ("Seconds", 86400),
        ["By"] = ("Bytes", 1),
        ["kBy"] = ("Kilobytes", 1),
        ["KiBy"] = ("Kilobytes", 1.024),
        ["TiBy"] = ("Terabytes", 1.099511627776),
        ["bit"] = ("Bits", 1),
        ["Gbit"] = ("Gigabits", 1),
        ["By/s"] = ("Bytes/Second", 1),
        ["MiBy/s"] = ("Megabytes/Second", 1.048576),
        ["kbit/s"] = ("Kilobits/Second", 1),
        ["{request}"] = ("Count", 1),
        ["{request}/s"] = ("Count/Second", 1),
        ["1/s"] = ("Count/Second", 1),
        ["bytes/second"] = ("Bytes/Second", 1),
        ["k|b\n"] = ("None", 1),
        ["fortnight"] = ("None", 1),
    };

    public static IEnumerable<string> All => Table.Keys;

    public static (string Name, double Factor) Of(string unit) => Table[unit];
}
