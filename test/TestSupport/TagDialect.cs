namespace TestSupport;

/// <summary>Where a line carries its tags.</summary>
public enum TagDialect
{
    /// <summary>Nowhere: <c>name:value|type[|@rate]</c>, as collectd and the first StatsD daemons read it.</summary>
    None,

    /// <summary><c>name:value[:value]|type[|@rate][|#key:value,...][|c:..|e:..|card:..|T..]</c>, as a Datadog Agent reads it.</summary>
    DogStatsd,

    /// <summary><c>name;key=value;...:value|type[|@rate]</c>, as Graphite stores it.</summary>
    Graphite,

    /// <summary><c>name,key=value,...:value|type[|@rate]</c>, as Telegraf reads it.</summary>
    Influx,
}
