using Burqi.Hosting.Options;
using Microsoft.Extensions.Configuration;

namespace Burqi.Hosting.Health;

/// <summary>
/// Asks the process that runs beside it, under the same configuration, whether it is ready. A container's image holds neither a
/// shell nor curl, so its health check is the host itself, started with <c>--health</c>.
/// </summary>
internal static class HealthProbe
{
    public const string Argument = "--health";

    // A second less than an orchestrator usually grants a check.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Prints the answer and returns <see cref="ExitCodes.Stopped"/> for ready, <see cref="ExitCodes.Failed"/> for anything else.</summary>
    public static async Task<int> AskAsync(string[] args, TextWriter output)
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddCommandLine([.. args.Where(argument => argument != Argument)])
            .Build();
        if (ServiceOptions.Read(configuration) is not { Errors: [], Urls: [var url, ..] })
        {
            await output.WriteLineAsync($"{ServiceOptions.UrlsName} names no address to ask.");
            return ExitCodes.Failed;
        }

        try
        {
#pragma warning disable RS0030 // One request by a process that ends after it: there is nothing to pool or retry.
            using var client = new HttpClient { Timeout = Limit };
#pragma warning restore RS0030
            using var answer = await client.GetAsync(new Uri(new Uri(Reachable(url)), "/health/ready"));
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? ExitCodes.Stopped : ExitCodes.Failed;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await output.WriteLineAsync($"No answer from {url}: {exception.Message}");
            return ExitCodes.Failed;
        }
    }

    // What a process listens on as "every address" answers on loopback.
    private static string Reachable(string url)
    {
        foreach (var everywhere in new[] { "://0.0.0.0", "://[::]", "://*", "://+" })
        {
            url = url.Replace(everywhere, "://127.0.0.1", StringComparison.Ordinal);
        }

        return url;
    }
}
