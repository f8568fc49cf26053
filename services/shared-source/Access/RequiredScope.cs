using Microsoft.AspNetCore.Builder;

namespace Burqi.Access;

/// <summary>What a route needs. A route of the API that has none of these is closed to everybody.</summary>
/// <param name="Scope">One of <see cref="Scopes"/>; null: any key will do.</param>
internal sealed record RequiredScope(string? Scope);

/// <summary>A route that is open to everybody, and why.</summary>
/// <param name="Reason">What protects it, or why nothing needs to.</param>
internal sealed record OpenToAll(string Reason);

/// <summary>How a route says what it needs.</summary>
internal static class RequiredScopeExtensions
{
    /// <summary>The route needs a key with this scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiredScope(scope));

    /// <summary>The route needs a key, whatever that opens.</summary>
    public static TBuilder RequireAnyKey<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new RequiredScope(null));

    /// <summary>The route needs no key.</summary>
    public static TBuilder OpenToAll<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder => endpoint.AllowAnonymous().WithMetadata(new OpenToAll(reason));
}
