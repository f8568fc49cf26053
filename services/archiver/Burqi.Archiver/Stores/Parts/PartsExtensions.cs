using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Parts;

internal static class PartsExtensions
{
    public static IServiceCollection AddPartedUploads(this IServiceCollection services)
    {
        services.AddOptions<PartOptions>()
            .Configure<IConfiguration>((options, configuration) => options.Read(configuration["BURQI_TRANSFER_PARTS"]))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<PartOptions>, PartOptionsValidator>();
        return services.AddSingleton<PartBuffers>();
    }
}
