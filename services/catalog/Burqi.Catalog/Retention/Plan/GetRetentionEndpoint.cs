using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Recordings.Events;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Retention.Plan;

internal static class GetRetentionEndpoint
{
    private const string Limit = "limit";
    private const int DefaultLimit = 50;
    private const int GreatestLimit = 1000;

    public static void MapGetRetention(this IEndpointRouteBuilder routes) => routes.MapGet("/retention", HandleAsync)
        .WithName("getRetention")
        .RequireScope(Scopes.Admin)
        .WithTags("retention")
        .WithSummary("What is due by the policies, and why")
        .WithDescription(
            "How much is to be deleted or moved to another tier now, by assistant and kind, and what has been due for longest. It only looks: what is done is a matter of the mode.");

    private static async Task<Results<Ok<RetentionReport>, ValidationProblem>> HandleAsync(
        HttpRequest request,
        RetentionPlanQuery plan,
        DeletionsQuery deletions,
        AccessLog accesses,
        IOptions<RetentionOptions> options,
        CancellationToken cancellationToken,
        [FromQuery(Name = Limit), Description("How many items are shown at most: 0 to 1000, 50 where nothing is said.")] string? limit = null)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var name in request.Query.Keys.Where(name => name != Limit))
        {
            errors[name] = ["There is no such parameter."];
        }

        var most = DefaultLimit;
        if (limit is not null && !(int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most <= GreatestLimit))
        {
            errors[Limit] = [$"The limit is a whole number from 0 to {GreatestLimit}."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        // It shows recordings and their calls.
        await accesses.NoteAsync(
            request.HttpContext, RecordingEventNames.Listed, callId: null, recordingId: null, new JsonObject { ["list"] = "retention" }, cancellationToken);
        var rules = await plan.RulesAsync(cancellationToken);
        var counts = await plan.CountAsync(rules, cancellationToken);
        var items = most == 0 ? [] : await plan.ItemsAsync(rules, most, cancellationToken);
        var asked = await deletions.ExecuteAsync(cancellationToken);
        return TypedResults.Ok(new RetentionReport
        {
            Mode = RetentionOptions.Name(options.Value.Mode),
            Default = options.Value.Default,
            Due =
            [
                .. counts
                    .GroupBy(count => (rules[count.Number].Action, rules[count.Number].AssistantId, rules[count.Number].Kind))
                    .OrderByDescending(due => due.Key.Action, StringComparer.Ordinal)
                    .ThenBy(due => due.Key.AssistantId, StringComparer.Ordinal)
                    .ThenBy(due => due.Key.Kind, StringComparer.Ordinal)
                    .Select(due => new RetentionDue
                    {
                        Action = due.Key.Action,
                        AssistantId = due.Key.AssistantId.Length == 0 ? null : due.Key.AssistantId,
                        RecordingType = due.Key.Kind,
                        Reason = rules[due.First().Number].Reason,
                        Recordings = due.Sum(count => count.Recordings),
                        Bytes = due.Sum(count => count.Bytes),
                        Held = due.Sum(count => count.Held),
                        DueSince = due.Min(count => count.Since),
                    }),
            ],
            Items =
            [
                .. items.Select(item => new RetentionItem
                {
                    RecordingId = item.RecordingId,
                    CallId = item.CallId,
                    Action = rules[item.Number].Action,
                    Reason = rules[item.Number].Reason,
                    Bytes = item.Bytes,
                    LegalHold = item.IsHeld,
                    DueSince = item.Since,
                }),
            ],
            DeletionsRequested = asked.Requested,
            DeletionsFailed = asked.Failed,
        });
    }
}
