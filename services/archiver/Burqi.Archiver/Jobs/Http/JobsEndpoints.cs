using Burqi.Access;
using Burqi.Archiver.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Jobs.Http;

/// <summary>Shows the jobs, and has those done again that were given up.</summary>
internal static partial class JobsEndpoints
{
    public static void MapArchiveJobs(this IEndpointRouteBuilder routes)
    {
        var jobs = routes.MapGroup("/archive-jobs").RequireAuthorization(ArchiverAccess.Policy).RequireScope(Scopes.Admin).AddEndpointFilter<OutageFilter>();
        jobs.MapGet("", ListAsync).WithName("listArchiveJobs");
        jobs.MapGet("/{id}", GetAsync).WithName("getArchiveJob");
        jobs.MapPost("/retry", RetryAllAsync).WithName("retryArchiveJobs");
        jobs.MapPost("/{id}/retry", RetryAsync).WithName("retryArchiveJob");
        jobs.MapPost("/{id}/dismiss", DismissAsync).WithName("dismissArchiveJob");
    }

    private static async Task<IResult> ListAsync(HttpRequest request, JobQueries queries, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var filter = JobFilter.OfList(request.Query, errors);
        return errors.Count > 0
            ? TypedResults.ValidationProblem(errors)
            : TypedResults.Json(await queries.ListAsync(filter, cancellationToken), JobViewJsonContext.Default.JobPage);
    }

    private static async Task<IResult> GetAsync([FromRoute] string id, JobQueries queries, CancellationToken cancellationToken) =>
        Guid.TryParseExact(id, "D", out var key) && await queries.GetAsync(key, cancellationToken) is { } job ? Shown(job) : Unknown();

    private static async Task<IResult> RetryAllAsync(
        HttpRequest request, DeadJobCommands dead, JobSignals signals, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var filter = JobFilter.OfDead(request.Query, errors);
        if (errors.Count > 0)
        {
            return TypedResults.ValidationProblem(errors);
        }

        var retried = await dead.RetryAsync(filter, cancellationToken);
        signals.Work.Ring();
        Log.RetriedAll(Logger(loggers), retried);
        return TypedResults.Json(new JobsRetried(retried), JobViewJsonContext.Default.JobsRetried);
    }

    private static async Task<IResult> RetryAsync(
        [FromRoute] string id, DeadJobCommands dead, JobQueries queries, JobSignals signals, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var key))
        {
            return Unknown();
        }

        if (await dead.RetryAsync(key, cancellationToken) is { } job)
        {
            signals.Work.Ring();
            Log.Retried(Logger(loggers), job.RecordingId, job.Step);
            return Shown(job);
        }

        return await queries.GetAsync(key, cancellationToken) switch
        {
            null => Unknown(),
            { Status: JobStatuses.Dead } => Conflict("The job was refused as it was asked for, and no attempt can end differently."),
            { Status: var status } => Conflict($"The job is {status}: only a dead one is retried."),
        };
    }

    private static async Task<IResult> DismissAsync([FromRoute] string id, DeadJobCommands dead, JobQueries queries, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var key))
        {
            return Unknown();
        }

        return await dead.DismissAsync(key, cancellationToken) is { } job ? Shown(job)
            : await queries.GetAsync(key, cancellationToken) is { } other ? Conflict($"The job is {other.Status}: only a dead one is dismissed.")
            : Unknown();
    }

    private static JsonHttpResult<JobView> Shown(JobView job) => TypedResults.Json(job, JobViewJsonContext.Default.JobView);

    private static ProblemHttpResult Unknown() => TypedResults.Problem("There is no job with this id.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);

    private static ILogger Logger(ILoggerFactory loggers) => loggers.CreateLogger(typeof(JobsEndpoints));

    private static partial class Log
    {
        [LoggerMessage(4270, LogLevel.Information, "Recording {RecordingId}, step {Step}: the dead job is tried again, as asked for")]
        public static partial void Retried(ILogger logger, Guid recordingId, string step);

        [LoggerMessage(4271, LogLevel.Information, "{Count} dead jobs are tried again, as asked for")]
        public static partial void RetriedAll(ILogger logger, int count);
    }
}
