using System.ComponentModel;
using Burqi.Access;
using Burqi.Catalog.Controls.Announce;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Burqi.Catalog.Controls;

internal static class ControlRecordingEndpoint
{
    /// <summary>How long a client waits for those who record to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How often the answers are looked for: whichever replica hears of one, it is in the table.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    public static void MapControlRecording(this IEndpointRouteBuilder routes)
    {
        routes.Map(RecordingControls.Pause, "Pauses a live call's recordings", "From then on silence of equal length is recorded in the place of what is said.");
        routes.Map(RecordingControls.Resume, "Resumes a live call's recordings", "What is said is recorded again.");
        routes.Map(RecordingControls.Stop, "Stops a live call's recordings", "They are finished and archived; the call goes on, and nothing more of it is recorded.");
    }

    private static void Map(this IEndpointRouteBuilder routes, string action, string summary, string description) => routes
        .MapPost(
            $"/calls/{{call_id}}/recording/{action}",
            ([FromRoute(Name = "call_id"), Description("The provider's id of the call.")] string callId,
             HttpContext context,
             RequestControlCommand request,
             ControlAnswersQuery answers,
             ControlBell bell,
             TimeProvider time,
             CancellationToken cancellationToken) => HandleAsync(callId, Caller.Of(context), action, request, answers, bell, time, cancellationToken))
        .WithName($"{action}Recording")
        .RequireScope(Scopes.RecordingsControl)
        .WithTags("calls")
        .WithSummary(summary)
        .WithDescription(
            description + " The answer says what came of it at the provider and in each media service that records the call. 202 means that one of them has "
            + "not answered within five seconds; the same request again asks for nothing more, and waits for it again.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<ControlResult>, Accepted<ControlResult>, ProblemHttpResult>> HandleAsync(
        string callId,
        Caller caller,
        string action,
        RequestControlCommand request,
        ControlAnswersQuery query,
        ControlBell bell,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        // No id holds a control character, and PostgreSQL's text could not even be asked for a NUL.
        if (callId.Any(char.IsControl))
        {
            return CatalogProblems.NoSuchCall();
        }

        var (asked, refusal) = await request.ExecuteAsync(callId, caller, action, cancellationToken);
        if (asked is not { } control)
        {
            return Refuse(refusal);
        }

        bell.Ring();
        var since = time.GetTimestamp();
        while (true)
        {
            var result = new ControlResult
            {
                ControlId = control.Id,
                Action = control.Action,
                CallId = control.CallId,
                Answers = await query.ExecuteAsync(control.Id, cancellationToken),
            };
            if (IsAnswered(control, result.Answers))
            {
                return TypedResults.Ok(result);
            }

            if (time.GetElapsedTime(since) >= Patience)
            {
                return TypedResults.Accepted((string?)null, result);
            }

            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }

    private static bool IsAnswered(RecordingControl control, IReadOnlyList<ControlAnswer> answers) =>
        (!control.AwaitsProvider || answers.Any(answer => answer.Scope == RecordingScopes.Provider))
        && (!control.AwaitsLocal || answers.Any(answer => answer.Scope == RecordingScopes.Local));

    private static ProblemHttpResult Refuse(ControlRefusal refusal) => refusal switch
    {
        ControlRefusal.CallEnded => CatalogProblems.Problem(StatusCodes.Status409Conflict, "The call has ended."),
        ControlRefusal.NotPaused => CatalogProblems.Problem(StatusCodes.Status409Conflict, "The recording of this call has not been paused."),
        ControlRefusal.Stopped => CatalogProblems.Problem(StatusCodes.Status409Conflict, "The recording of this call has been stopped."),
        ControlRefusal.NotRecorded => CatalogProblems.Problem(
            StatusCodes.Status409Conflict, "Nothing of this call is being recorded that could be controlled."),
        _ => CatalogProblems.NoSuchCall(),
    };
}
