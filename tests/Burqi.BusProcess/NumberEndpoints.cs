using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Burqi.BusProcess;

internal static class NumberEndpoints
{
    public static void MapNumbers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/outbox", (NumberOutbox outbox) => outbox.Report());
        routes.MapPost("/numbers", (long first, int count, NumberOutbox outbox) =>
        {
            for (var number = first; number < first + count; number++)
            {
                outbox.Give(number);
            }

            return Results.Accepted();
        });

        // A publish that returns to nobody and heeds no cancellation, as a client does whose broker died under it.
        routes.MapPost("/hang", async (IPublishEndpoint publisher, CancellationToken cancellationToken) =>
        {
            var never = new TaskCompletionSource();
            try
            {
                await publisher.Publish(new NumberPublished { Number = -1 }, Pipe.ExecuteAsync<PublishContext<NumberPublished>>(_ => never.Task), cancellationToken);
                return Results.Ok();
            }
            catch (TimeoutException)
            {
                return Results.StatusCode(StatusCodes.Status504GatewayTimeout);
            }
        });
    }
}
