using Burqi.Catalog.Audit.Seals;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Audit;

internal static class AuditExtensions
{
    public static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>();
        services.AddOptions<AuditOptions>()
            .Configure<IConfiguration>((options, configuration) =>
            {
                options.Keys = AuditOptions.Read(configuration["BURQI_AUDIT_KEY"]);
                options.KeyedSince = configuration["BURQI_AUDIT_KEYED_SINCE"]?.Trim() is { Length: > 0 } since ? since : null;
            })
            .ValidateOnStart();
        services.AddSingleton<AuditKeys>();
        services.AddSingleton<AccessLog>();
        services.AddSingleton<AuditHeadQuery>();
        services.AddSingleton<VerifyAuditQuery>();
        services.AddSingleton<ListEventsQuery>();
        services.AddSingleton<SealEventsCommand>();
        services.AddHostedService<SealWorker>();
    }
}
