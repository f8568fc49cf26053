using Burqi.Archiver.Stores.Encryption.Rotation;
using Burqi.Encryption;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Archiver.Stores.Encryption;

internal static class EncryptionExtensions
{
    public static IServiceCollection AddEncryption(this IServiceCollection services)
    {
        services.AddEncryptionKeys();
        services.AddOptions<RotationOptions>().Configure<IConfiguration>((options, configuration) => configuration.GetSection(RotationOptions.Section).Bind(options));
        services.AddSingleton<RotationCommands>();
        services.AddSingleton<RotationQueries>();
        services.AddSingleton<RotationSignal>();
        services.AddSingleton<RotationMetrics>();
        return services.AddHostedService<RotationWorker>();
    }
}
