using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Burqi.Access;

/// <summary>Who makes a request, and what that opens. Nothing in here is a secret.</summary>
internal sealed record Caller
{
    /// <summary>The process itself, where it looks for something on nobody's behalf: nothing is hidden from it.</summary>
    public static readonly Caller Burqi = new() { Id = "burqi", Name = "burqi", Scopes = FrozenSet.Create(Access.Scopes.Admin) };

    /// <summary>What the ids of those begin with whom a token of somebody else's names: no key has such an id.</summary>
    public const string OfTokens = "oidc:";

    /// <summary>The key's id ("N"), <c>configured-1</c> and so on for a key of the configuration, or whom a token names. Never the key.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Of <see cref="Access.Scopes"/>.</summary>
    public required IReadOnlySet<string> Scopes { get; init; }

    /// <summary>The assistants whose calls and recordings are all that there is for this caller; null: no limit.</summary>
    public IReadOnlySet<string>? Assistants { get; init; }

    /// <summary>How many requests a minute it may make; null: what the configuration says.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>When this opens nothing any more; null: not by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Where the request came from.</summary>
    public string? Address { get; init; }

    /// <summary>The same as a parameter of a statement; null: no limit.</summary>
    public string[]? AssistantIds => Assistants is null ? null : [.. Assistants];

    /// <summary>Who makes this request, which has passed the door.</summary>
    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("The request has not passed the door: its route requires no scope.");

    /// <summary>Whether a scope is open.</summary>
    public bool May(string scope) => Scopes.Contains(scope) || Scopes.Contains(Access.Scopes.Admin);

    /// <summary>Whether what belongs to an assistant (null: to none) is there for this caller.</summary>
    public bool MaySee(string? assistantId) => Assistants is null || (assistantId is not null && Assistants.Contains(assistantId));
}
