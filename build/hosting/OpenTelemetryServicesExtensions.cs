using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Stands in for <c>OpenTelemetry.Extensions.Hosting</c> where that package cannot be restored.</summary>
internal static class OpenTelemetryServicesExtensions
{
    /// <summary>Starts the OpenTelemetry SDK together with the host.</summary>
    /// <param name="services">The services of the host.</param>
    /// <returns>A builder to chain <c>WithMetrics</c> and <c>ConfigureResource</c> on.</returns>
    public static OpenTelemetryBuilder AddOpenTelemetry(this IServiceCollection services)
    {
        if (!services.Any(service => service.ImplementationType == typeof(TelemetryStarter)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHostedService, TelemetryStarter>());
        }

        return new OpenTelemetryBuilder(services);
    }

    /// <summary>The provider does its work from the moment it exists, so starting it is resolving it.</summary>
    private sealed class TelemetryStarter(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetService<MeterProvider>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
