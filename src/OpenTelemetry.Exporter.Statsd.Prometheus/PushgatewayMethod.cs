namespace OpenTelemetry.Exporter;

/// <summary>What a push does with the metrics that its group has on the Pushgateway.</summary>
public enum PushgatewayMethod
{
    /// <summary>Replaces all metrics of the group: what the provider no longer has is gone from the gateway too. The default.</summary>
    Put = 0,

    /// <summary>Replaces metrics of the same names only: others in the group stay, whoever pushed them.</summary>
    Post = 1,
}
