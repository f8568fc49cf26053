using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Audit;

internal static class AuditExtensions
{
    public static void AddAudit(this IServiceCollection services) => services.AddSingleton<AccessLog>();
}
