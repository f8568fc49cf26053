using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Answers;

/// <summary>
/// What every answer tells a browser, refusals and failures among them: to take nothing for what it does not say it is, to run and frame
/// nothing, to keep nothing, and to tell nobody where it has been. Whoever answers may have said otherwise, as the page does.
/// </summary>
internal sealed class AnswerHeaders : IStartupFilter
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(static (context, then) =>
        {
            // Registered before everybody else's and so run after them, at the last moment.
            context.Response.OnStarting(
                static state =>
                {
                    var response = (HttpResponse)state;
                    if (response.StatusCode != StatusCodes.Status101SwitchingProtocols)
                    {
                        foreach (var (name, value) in Headers)
                        {
                            response.Headers.TryAdd(name, value);
                        }
                    }

                    return Task.CompletedTask;
                },
                context.Response);
            return then(context);
        });
        next(app);
    };
}
