using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Burqi.Access;

/// <summary>Lets those through whose scopes hold what the route says it needs; of a route that says nothing, nobody.</summary>
internal sealed class ScopeRequirement : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (context.Resource is HttpContext request
            && request.Features.Get<Caller>() is { } caller
            && request.Features.Get<Refusal>() is null
            && request.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is { } required
            && (required.Scope is null || caller.May(required.Scope)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
