using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Burqi.Access;

/// <summary>Registers the door of a service's API.</summary>
internal static class AccessRegistration
{
    /// <summary>Registers what lets holders of a key through, and nobody else: of a configured one, or of one that the service's table holds.</summary>
    /// <param name="services">The service's registrations.</param>
    /// <param name="policy">The name of the policy that the service's routes require, and of its scheme: the service's own, since several may share a process.</param>
    /// <param name="settings">What the configuration says.</param>
    public static void AddApiAccess<TLog, TTable>(this IServiceCollection services, string policy, Func<IServiceProvider, AccessSettings> settings)
        where TLog : class, IAccessLog
        where TTable : class, IKeyTable
    {
        services.AddSingleton<IAccessLog, TLog>();
        services.AddSingleton(settings);
        services.AddSingleton(provider => new RequestLimits(provider.GetRequiredService<AccessSettings>().RequestsPerMinute));
        services.AddSingleton(provider => new ClientAddress(provider.GetRequiredService<AccessSettings>().TrustedProxies));
        services.AddSingleton<IKeyTable, TTable>();

        // The configured ones first: they open without the table.
        services.AddSingleton<IKeySource>(provider => new ApiKeys(provider.GetRequiredService<AccessSettings>().Keys));
        services.AddSingleton<SavedKeys>();
        services.AddSingleton<IKeySource>(provider => provider.GetRequiredService<SavedKeys>());
        services.AddSingleton<Callers>();

        // The core only: AddAuthentication would bring data protection along, which writes key files that no bearer key needs.
        services.AddAuthenticationCore();
        services.TryAddSingleton(UrlEncoder.Default);
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(policy, configureOptions: null);
        services.AddAuthorizationBuilder().AddPolicy(policy, required => required
            .AddAuthenticationSchemes(policy)
            .RequireAuthenticatedUser()
            .AddRequirements(new ScopeRequirement()));
        services.AddProblemDetails();
    }
}
