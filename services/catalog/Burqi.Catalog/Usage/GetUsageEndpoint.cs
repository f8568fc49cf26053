using System.ComponentModel;
using Burqi.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Usage;

internal static class GetUsageEndpoint
{
    private const string From = "from";
    private const string To = "to";
    private const string Assistant = "assistant_id";
    private const int LongestId = 200;

    public static void MapGetUsage(this IEndpointRouteBuilder routes) => routes.MapGet("/usage", HandleAsync)
        .WithName("getUsage")
        .RequireScope(Scopes.Admin)
        .WithTags("usage")
        .WithSummary("Minutes recorded, bytes stored and what the provider asks for, by month and assistant")
        .WithDescription(
            "Of recordings that began at from or later and before to. Prices follow the configured tariff, for one account of the provider's; its invoice decides. "
            + $"At most {UsagePeriod.MostDays} days at once.");

    private static async Task<Results<Ok<UsageReport>, ValidationProblem>> HandleAsync(
        HttpRequest request,
        UsageQuery query,
        IOptions<TariffOptions> tariff,
        CancellationToken cancellationToken,
        [FromQuery(Name = From), Description("The beginning: a day in UTC (2026-03-01) or a time (RFC 3339). Required.")] string? from = null,
        [FromQuery(Name = To), Description("The end, which is not part of it: a day in UTC, whose midnight is meant, or a time. Required.")] string? to = null,
        [FromQuery(Name = Assistant), Description("This assistant's alone.")] string? assistantId = null)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (name, values) in request.Query)
        {
            if (name is not (From or To or Assistant))
            {
                errors[name] = ["There is no such parameter."];
            }
            else if (values is not [{ Length: > 0 }])
            {
                errors[name] = ["The parameter needs exactly one value."];
            }
        }

        var (first, end) = (Time(From, from), Time(To, to));
        if (first >= end)
        {
            errors[To] = ["The end does not come after the beginning."];
        }
        else if (end - first > TimeSpan.FromDays(UsagePeriod.MostDays))
        {
            errors[To] = [$"The end comes more than {UsagePeriod.MostDays} days after the beginning."];
        }

        if (assistantId is not null && (assistantId.Length > LongestId || assistantId.Any(char.IsControl)))
        {
            errors[Assistant] = [$"The value is longer than {LongestId} characters or holds control characters."];
        }

        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var period = new UsagePeriod(first!.Value, end!.Value);
        var (recorded, kept) = await query.ExecuteAsync(period, cancellationToken);
        var prices = tariff.Value;
        return TypedResults.Ok(UsageBill.Of(
            period,
            new(prices.RecordingMinute!.Value, prices.StorageMinuteMonth!.Value, prices.FreeStorageMinutes!.Value, prices.Unit),
            recorded,
            kept,
            assistantId));

        DateTime? Time(string name, string? text)
        {
            var time = text is null ? null : UsagePeriod.ParseTime(text);
            if (time is null)
            {
                errors.TryAdd(name, ["The value is neither a day such as 2026-03-01 nor a time of RFC 3339 with its offset, such as 2026-03-01T09:30:00Z (a + must be sent as %2B)."]);
            }

            return time;
        }
    }
}
