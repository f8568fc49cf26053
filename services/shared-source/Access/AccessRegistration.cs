using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Burqi.Access;

/// <summary>Registers the door of a service's API.</summary>
internal static class AccessRegistration
{
    /// <summary>Registers what lets holders of a key through, and nobody else.</summary>
    /// <param name="services">The service's registrations.</param>
    /// <param name="policy">The name of the policy that the service's routes require, and of its scheme: the service's own, since several may share a process.</param>
    /// <param name="keys">The keys.</param>
    public static void AddApiAccess<TLog>(this IServiceCollection services, string policy, Func<IServiceProvider, IEnumerable<string>> keys)
        where TLog : class, IAccessLog
    {
        services.AddSingleton<IAccessLog, TLog>();
        services.AddSingleton<ICallerSource>(provider => new ApiKeys(keys(provider)));

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
