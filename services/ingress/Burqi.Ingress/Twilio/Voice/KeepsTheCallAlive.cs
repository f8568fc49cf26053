using Microsoft.AspNetCore.Http;

namespace Burqi.Ingress.Twilio.Voice;

/// <summary>
/// Stands around the endpoints that answer calls: Twilio ends a call whose webhook fails with an application error, so whatever they throw
/// becomes TwiML too.
/// </summary>
internal sealed class KeepsTheCallAlive(CallAnswers answers) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception)
        {
            return answers.LastResort(exception);
        }
    }
}
