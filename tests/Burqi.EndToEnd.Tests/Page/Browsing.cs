using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Testing;
using Microsoft.Playwright;

namespace Burqi.EndToEnd.Tests.Page;

/// <summary>A headless Chromium for the page's tests, and a recorded call for it to show.</summary>
public sealed class Browsing : IAsyncLifetime
{
    /// <summary>On a busy machine everything takes its time; only a test that fails waits so long.</summary>
    private const float Patience = 60_000;

    private readonly SemaphoreSlim placing = new(1);
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;
    private SimulatedCall? call;

    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Path,
            Args = [.. Chromium.Arguments, "--autoplay-policy=no-user-gesture-required"],
        });
    }

    /// <summary>A page of a browser that knows nothing yet. What goes wrong on it is collected in <paramref name="complaints"/>.</summary>
    internal async Task<IPage> OpenAsync(DistributedStack stack, string fragment = "", bool isPhone = false, ColorScheme scheme = ColorScheme.Light, ICollection<string>? complaints = null)
    {
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = stack.PublicAddress.ToString(),
            ViewportSize = isPhone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1440, Height = 900 },
            DeviceScaleFactor = isPhone ? 2 : 1,
            IsMobile = isPhone,
            HasTouch = isPhone,
            ColorScheme = scheme,
            Locale = "en-GB",
            TimezoneId = "Europe/Berlin",
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        page.PageError += (_, error) => complaints?.Add(error);
        page.Console += (_, message) =>
        {
            // A refusal by the API is shown to the user, and noted by Chromium too.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                complaints?.Add(message.Text);
            }
        };
        await page.GotoAsync($"/{fragment}");
        return page;
    }

    /// <summary>The same, signed in.</summary>
    internal async Task<IPage> SignInAsync(DistributedStack stack, string fragment = "", bool isPhone = false, ColorScheme scheme = ColorScheme.Light, ICollection<string>? complaints = null)
    {
        var page = await OpenAsync(stack, fragment, isPhone, scheme, complaints);
        await page.GetByLabel("API key").FillAsync(DistributedStack.ApiKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Navigation, new() { Name = "Main" })).ToBeVisibleAsync();
        return page;
    }

    /// <summary>A two-party call of twelve seconds, all of it archived.</summary>
    internal async Task<SimulatedCall> CallAsync(DistributedStack stack)
    {
        await placing.WaitAsync();
        try
        {
            return call ??= await PlaceAsync(stack, "+4930901820");
        }
        finally
        {
            placing.Release();
        }
    }

    internal static async Task<SimulatedCall> PlaceAsync(DistributedStack stack, string from)
    {
        using var api = stack.CreateApiClient();
        var placed = await stack.Twilio.PlaceCallAsync(Script(from));
        await Evidence.FourCompletedAsync(api, placed.CallSid);
        return placed;
    }

    internal static CallScript Script(string from) =>
        TwoPartyCall.Of(AudioSource.Speech("caller"), AudioSource.Speech("callee")) with { From = from, TalkFor = TimeSpan.FromSeconds(12) };

    /// <summary>Keeps what the page looks like, to be looked at.</summary>
    internal static Task PhotographAsync(IPage page, string name) => page.ScreenshotAsync(new PageScreenshotOptions
    {
        Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"{name}.png"),
        Animations = ScreenshotAnimations.Disabled,
    });

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        placing.Dispose();
    }
}
