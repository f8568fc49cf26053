using Burqi.EndToEnd.Tests.Stack;
using Microsoft.Playwright;

namespace Burqi.EndToEnd.Tests.Page;

/// <summary>The operators' panel, in Chromium, over what the services of a real stack said of themselves.</summary>
[Collection(DistributedCollection.Name)]
public sealed class OperationsPageTests(DistributedStack stack)
{
    // Each service reports some seconds after its start, and then about each minute.
    private const float ReportLimit = 120_000;

    [Fact]
    public async Task Panel_OfARunningStack_ShowsWhatItsServicesReported()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium.Path, Args = Chromium.Arguments });
        var page = await browser.NewPageAsync(new() { Locale = "en-GB", ViewportSize = new() { Width = 1440, Height = 900 } });

        await page.GotoAsync(new Uri(stack.PublicAddress, "/#/operations").ToString());
        await page.GetByLabel("API key").FillAsync(DistributedStack.ApiKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Operations" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { NameRegex = new("of its disk is in use") }).First).ToBeVisibleAsync(new() { Timeout = ReportLimit });
        await Assertions.Expect(page.GetByText("The archiver has not reported yet")).ToHaveCountAsync(0, new() { Timeout = ReportLimit });
        await Assertions.Expect(page.GetByRole(AriaRole.Img, new() { Name = "Minutes recorded" })).ToBeVisibleAsync();
        await Chromium.KeepAsync(page, "operations-desk-light");

        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.SetViewportSizeAsync(390, 844);
        await Chromium.KeepAsync(page, "operations-phone-dark");
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue("the panel is wider than a phone");
    }
}
