using System.ComponentModel;
using System.Globalization;
using Burqi.Access;
using Burqi.Catalog.Audit.Seals;
using Burqi.Catalog.Lists;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Audit;

/// <summary>Who did what, and whether that is still as it was written.</summary>
internal static class AuditEndpoints
{
    private const string Call = "call_id";
    private const string Key = "api_key_id";
    private const string Cursor = "cursor";
    private const string Limit = "limit";
    private const string After = "after";
    private const string Head = "head";
    private const int LongestValue = 500;
    private const int HashLength = 64;

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audit/events", ListAsync)
            .WithName("listAuditEvents")
            .RequireScope(Scopes.Admin)
            .WithTags("audit")
            .WithSummary("What happened, and who saw and heard what, the latest first")
            .WithDescription("With the key, the address and the trace of each request. All filters together must hold. Follow next_cursor for the next page.");
        routes.MapGet("/audit/head", (AuditHeadQuery query, CancellationToken cancellationToken) => query.ExecuteAsync(cancellationToken))
            .WithName("getAuditHead")
            .RequireScope(Scopes.Admin)
            .WithTags("audit")
            .WithSummary("Where the chain of seals ends")
            .WithDescription("Each event is sealed with a hash over itself and all before it. The last hash, noted down elsewhere, shows later whether anything up to it was changed or removed.");
        routes.MapGet("/audit/verification", VerifyAsync)
            .WithName("verifyAudit")
            .RequireScope(Scopes.Admin)
            .WithTags("audit")
            .WithSummary("Whether events are as they were sealed")
            .WithDescription(
                "Computes a stretch of the chain again and names the first event that was changed, removed or inserted. While more is true, ask again with after as the number of this answer. "
                + "The command burqi audit verify does so.");
    }

    private static async Task<Results<Ok<Page<AuditEvent>>, ValidationProblem>> ListAsync(
        HttpRequest request,
        ListEventsQuery query,
        CancellationToken cancellationToken,
        [FromQuery(Name = Call), Description("Of this call.")] string? callId = null,
        [FromQuery(Name = Key), Description("By whoever has the key with this id.")] string? keyId = null,
        [FromQuery(Name = Cursor), Description("The next_cursor of the page before.")] string? cursor = null,
        [FromQuery(Name = Limit), Description("How many items a page holds at most: 1 to 200, 50 where nothing is said.")] string? limit = null)
    {
        var errors = Unknown(request, Call, Key, Cursor, Limit);
        foreach (var (name, value) in new[] { (Call, callId), (Key, keyId) })
        {
            if (value is not null && (value.Length > LongestValue || value.Any(char.IsControl)))
            {
                errors[name] = [$"The value is longer than {LongestValue} characters or holds control characters."];
            }
        }

        var before = Number(Cursor, cursor, 1, long.MaxValue, errors, "The cursor is not one that a page of this list gave as next_cursor.");
        var most = (int)(Number(Limit, limit, 1, ListParameters.GreatestLimit, errors) ?? ListParameters.DefaultLimit);
        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var rows = await query.ExecuteAsync(callId, keyId, before, most + 1, cancellationToken);
        return TypedResults.Ok(new Page<AuditEvent>
        {
            Items = rows.Length > most ? rows[..most] : rows,
            NextCursor = rows.Length > most ? rows[most - 1].Id.ToString(CultureInfo.InvariantCulture) : null,
        });
    }

    private static async Task<Results<Ok<AuditVerification>, ValidationProblem>> VerifyAsync(
        HttpRequest request,
        VerifyAuditQuery query,
        CancellationToken cancellationToken,
        [FromQuery(Name = After), Description("The number of the last seal that was verified before; the beginning where nothing is said.")] string? after = null,
        [FromQuery(Name = Limit), Description("How many events are verified at most: 1 to 100000, 20000 where nothing is said.")] string? limit = null,
        [FromQuery(Name = Head), Description("A hash that was noted down: head_at says where in the chain it is.")] string? head = null)
    {
        const int Otherwise = 20_000;
        var errors = Unknown(request, After, Limit, Head);
        var first = Number(After, after, 0, long.MaxValue, errors) ?? 0;
        var most = (int)(Number(Limit, limit, 1, VerifyAuditQuery.MostAtOnce, errors) ?? Otherwise);
        if (head is not null && (head.Length != HashLength || !head.All(char.IsAsciiHexDigit)))
        {
            errors[Head] = [$"The hash has not {HashLength} hexadecimal digits."];
        }

        return errors.Count > 0
            ? TypedResults.ValidationProblem(errors)
            : TypedResults.Ok(await query.ExecuteAsync(first, most, head?.ToLowerInvariant(), cancellationToken));
    }

    private static Dictionary<string, string[]> Unknown(HttpRequest request, params ReadOnlySpan<string> known)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name))
            {
                errors[name] = ["There is no such parameter."];
            }
            else if (values is not [{ Length: > 0 }])
            {
                errors[name] = ["The parameter needs exactly one value."];
            }
        }

        return errors;
    }

    private static long? Number(string name, string? text, long least, long most, Dictionary<string, string[]> errors, string? error = null)
    {
        if (text is null)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        errors.TryAdd(name, [error ?? $"The value is not a whole number from {least} to {most}."]);
        return null;
    }
}
