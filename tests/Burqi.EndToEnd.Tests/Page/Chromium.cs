using Burqi.Testing;
using Microsoft.Playwright;

namespace Burqi.EndToEnd.Tests.Page;

/// <summary>Debian's browser, and where pictures of what it shows are kept.</summary>
internal static class Chromium
{
    private static readonly string[] Programs = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    public static string Path => Programs.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("Chromium is not there: run 'infra/install-prerequisites.sh test'.");

    public static IReadOnlyList<string> Arguments { get; } =
        ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

    /// <summary>Keeps a picture of the whole page, to be looked at.</summary>
    public static Task KeepAsync(IPage page, string name) => page.ScreenshotAsync(new()
    {
        Path = System.IO.Path.Combine(Repository.Root, "artifacts", "screenshots", name + ".png"),
        FullPage = true,
    });
}
