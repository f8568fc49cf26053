using Spectre.Console;

namespace Burqi.Cli.Output;

/// <summary>Goes through files one by one behind a progress bar; where nobody looks at a terminal there is none.</summary>
internal static class FileProgress
{
    public static async Task<IReadOnlyList<TResult>> ForEachAsync<TResult>(
        IAnsiConsole console, string verb, IReadOnlyList<string> files, Func<string, Task<TResult>> work, CancellationToken cancellationToken)
    {
        var results = new List<TResult>(files.Count);
        if (!console.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            await WorkAsync(() => { });
            return results;
        }

        await console.Progress().AutoClear(true).StartAsync(async context =>
        {
            var task = context.AddTask($"{verb} {files.Count} files", maxValue: Math.Max(1, files.Count));
            await WorkAsync(() => task.Increment(1));
        });
        return results;

        async Task WorkAsync(Action advance)
        {
            foreach (var file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                results.Add(await work(file));
                advance();
            }
        }
    }
}
