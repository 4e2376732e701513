namespace OpenTelemetry.Exporter;

/// <summary>The fields of an entity, to which CloudWatch relates metrics.</summary>
internal static class EmfEntity
{
    /// <summary>Of these, neither without the other.</summary>
    private static readonly (string One, string Other)[] Pairs = [("Service", "Environment"), ("ResourceType", "Identifier")];

    private static readonly string[] Names =
    [
        .. Pairs.SelectMany(pair => new[] { pair.One, pair.Other }),
        "K8s.Cluster", "K8s.Namespace", "K8s.Workload", "K8s.Node", "K8s.Pod",
        "EKS.Cluster", "ECS.Cluster", "ECS.Service", "ECS.Task", "EC2.InstanceId", "EC2.AutoScalingGroup", "Lambda.Function", "Host",
    ];

    public static void Validate(IDictionary<string, string> entity, OptionErrors errors)
    {
        const string Option = nameof(EmfExporterOptions.Entity);
        foreach (var (name, value) in entity)
        {
            errors.ReportUnless(
                Names.Contains(name) && !string.IsNullOrWhiteSpace(value),
                Option,
                $"{name}={value}",
                $"one of {string.Join(", ", Names)}, with a value that is not blank");
        }

        foreach (var (one, other) in Pairs)
        {
            if (entity.ContainsKey(one) != entity.ContainsKey(other))
            {
                var present = entity.ContainsKey(one) ? one : other;
                errors.Report(Option, $"{present}={entity[present]}", $"{one} together with {other}");
            }
        }
    }
}
