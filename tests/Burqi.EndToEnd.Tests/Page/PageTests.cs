using Burqi.EndToEnd.Tests.Stack;
using Burqi.Testing;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Burqi.EndToEnd.Tests.Page;

/// <summary>The web page as a supervisor uses it, in Chromium and with all services behind it.</summary>
[Collection(DistributedCollection.Name)]
public sealed class PageTests(DistributedStack stack, Browsing browsing) : IClassFixture<Browsing>
{
    // The waveforms have audio elements of their own, without a source.
    private const string Sounding = "audio[src]";

    private readonly List<string> complaints = [];

    [Fact]
    public async Task SignIn_WithAWrongKeyAndTheRightOne_RefusesAndOpens()
    {
        var page = await browsing.OpenAsync(stack, complaints: complaints);

        await page.GetByLabel("API key").FillAsync("wrong-key-0123456789abcdef");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not known");
        await page.GetByLabel("API key").FillAsync(DistributedStack.ApiKey);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Calls" })).ToBeVisibleAsync();

        // The key is in no place where a script could find it.
        (await page.EvaluateAsync<string>("document.cookie + JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + location.href")).ShouldNotContain(DistributedStack.ApiKey);
        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Calls" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Account and appearance" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByLabel("API key")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByLabel("API key")).ToBeVisibleAsync();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_FoundByItsNumber_PlaysSeeksAndMutes()
    {
        var call = await browsing.CallAsync(stack);
        var page = await browsing.SignInAsync(stack, complaints: complaints);

        await page.GetByRole(AriaRole.Searchbox).FillAsync("+49 30 901820");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/#/calls?number=%2B4930901820");
        var row = page.GetByRole(AriaRole.Link, new() { Name = "+49 3090 1820" });
        await Expect(row).ToHaveCountAsync(1);
        await row.ClickAsync();
        await page.WaitForURLAsync($"**/#/calls/{call.CallSid}");

        // Two channels of the mix, and both voices; drawn from outlines, so that no audio has been fetched so far.
        await Expect(page.Locator(".wave")).ToHaveCountAsync(4);
        (await page.Locator(Sounding).CountAsync()).ShouldBe(0);

        // What did not come is asked for anew when it is played again.
        await page.RouteAsync("**/play", route => route.AbortAsync());
        await page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true }).ClickAsync();
        await Expect(page.GetByText("This audio cannot be played at the moment.")).ToBeVisibleAsync();
        await page.UnrouteAsync("**/play");
        await page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true }).ClickAsync();
        await Eventually.BecomesTrueAsync(async () => await PositionAsync(page) > 1);
        await Expect(page.Locator(".transport-time")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^0:0[1-9] / 0:1\d$"));

        // A click in the middle of a track is the middle of the call.
        var strip = await page.Locator(".strip").First.BoundingBoxAsync();
        await page.Mouse.ClickAsync(strip!.X + (strip.Width / 2), strip.Y + (strip.Height / 2));
        await Eventually.BecomesTrueAsync(async () => await PositionAsync(page) is > 5.5 and < 9);

        // A second track joins where the first one is.
        await page.GetByRole(AriaRole.Button, new() { Name = "Hear Caller, recorded by Burqi", Exact = true }).ClickAsync();
        await Eventually.BecomesTrueAsync(() => page.EvaluateAsync<bool>(
            """
            () => {
              const [one, other] = [...document.querySelectorAll('audio[src]')];
              return other !== undefined && !one.paused && !other.paused && Math.abs(one.currentTime - other.currentTime) < 0.2;
            }
            """));
        await page.GetByRole(AriaRole.Button, new() { Name = "Hear Assistant, of Both sides, recorded by Burqi" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Hear Assistant, of Both sides, recorded by Burqi" })).ToHaveAttributeAsync("aria-pressed", "false");
        await page.GetByLabel("Speed").SelectOptionAsync("2");
        (await page.Locator(Sounding).First.EvaluateAsync<double>("audio => audio.playbackRate")).ShouldBe(2);

        // Who looked and listened is told at once.
        await page.GetByRole(AriaRole.Button, new() { Name = "Who had access" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync("Played");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync("configured-1 from 127.0.0.1");

        // To its end, by itself.
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true })).ToBeVisibleAsync();
        (await PositionAsync(page)).ShouldBeGreaterThan(11);

        // Back to the list as it was, with what was looked for.
        await page.Locator(".back").ClickAsync();
        await page.WaitForURLAsync("**/#/calls?number=%2B4930901820");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Part_GoneAfterAnUpgrade_IsExplainedAndLoadedAnew()
    {
        var page = await browsing.SignInAsync(stack, complaints: complaints);
        await page.RouteAsync("**/assets/part-*", route => route.FulfillAsync(new RouteFulfillOptions { Status = 404 }));

        await page.GetByRole(AriaRole.Link, new() { Name = "Operations" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Burqi was probably updated");
        await page.UnrouteAsync("**/assets/part-*");
        await page.GetByRole(AriaRole.Button, new() { Name = "Load the page again" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Operations" })).ToBeVisibleAsync();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_Filtered_KeepsItsStateInTheAddress()
    {
        await browsing.CallAsync(stack);
        var page = await browsing.SignInAsync(stack, complaints: complaints);

        await page.GetByLabel("When").SelectOptionAsync("today");
        await page.GetByLabel("Length").SelectOptionAsync("30m-");
        await page.WaitForURLAsync("**/#/calls?when=today&length=30m-");
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Expect(page.GetByLabel("Length")).ToHaveValueAsync("30m-");
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();

        await page.GoBackAsync();
        await Expect(page.GetByLabel("Length")).ToHaveValueAsync("");
        await Expect(page.Locator(".entry").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Clear" }).ClickAsync();
        await page.WaitForURLAsync("**/#/calls");

        await page.GetByRole(AriaRole.Link, new() { Name = "Recordings" }).ClickAsync();
        await page.GetByLabel("Track").SelectOptionAsync("provider");
        await Expect(page.Locator(".entry-link").First).ToContainTextAsync("Provider's file");
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Link_SharedAndRevoked_PlaysForOthersUntilThen()
    {
        var call = await browsing.CallAsync(stack);
        var page = await browsing.SignInAsync(stack, $"#/calls/{call.CallSid}", complaints: complaints);

        await page.GetByRole(AriaRole.Button, new() { Name = "More for Both sides, recorded by Burqi" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Share a link" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Make a link" }).ClickAsync();
        var link = new Uri(await page.GetByLabel("The link").InputValueAsync());

        // Somebody else, in a browser without a session.
        var other = await browsing.OpenAsync(stack, link.AbsolutePath.TrimStart('/'), isPhone: true, complaints: complaints);
        await other.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Eventually.BecomesTrueAsync(async () => await PositionAsync(other) > 0.5);
        await Browsing.PhotographAsync(other, "shared-phone");

        // Audio that did not come is asked for anew when it is played again.
        await other.RouteAsync("**/audio", route => route.AbortAsync());
        await other.ReloadAsync();
        await Expect(other.GetByRole(AriaRole.Alert)).ToContainTextAsync("cannot be played at the moment");
        await other.UnrouteAsync("**/audio");
        await other.GetByRole(AriaRole.Button, new() { Name = "Play" }).ClickAsync();
        await Eventually.BecomesTrueAsync(async () => await PositionAsync(other) > 0.5);
        await Expect(other.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Make a link" })).ToBeVisibleAsync();
        await other.ReloadAsync();
        await Expect(other.GetByText("This link opens nothing any more")).ToBeVisibleAsync();
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Recording_DeletedAfterAHoldIsLifted_IsGoneWithItsHistoryKept()
    {
        var call = await Browsing.PlaceAsync(stack, "+33142685300");
        var page = await browsing.SignInAsync(stack, $"#/calls/{call.CallSid}", complaints: complaints);

        await page.GetByRole(AriaRole.Button, new() { Name = "Hold", Exact = true }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("Case 4711");
        await page.GetByRole(AriaRole.Button, new() { Name = "Place the hold" }).ClickAsync();
        await Expect(page.GetByText("Legal hold", new() { Exact = true })).ToBeVisibleAsync();

        await AskToDeleteAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" })).ToBeDisabledAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.GetByRole(AriaRole.Button, new() { Name = "Lift hold" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Lift the hold" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Hold", Exact = true })).ToBeVisibleAsync();

        await AskToDeleteAsync();
        await Browsing.PhotographAsync(page, "delete-desk");
        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it" }).ClickAsync();
        await AskToDeleteAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete for good" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Caller, recorded by Burqi" })).ToContainTextAsync("Deleted");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync("Case 4711");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "History" })).ToContainTextAsync("Deleted everywhere");
        complaints.ShouldBeEmpty();

        async Task AskToDeleteAsync()
        {
            await page.GetByRole(AriaRole.Button, new() { Name = "More for Caller, recorded by Burqi" }).ClickAsync();
            await page.GetByRole(AriaRole.Menuitem, new() { Name = "Delete" }).ClickAsync();
        }
    }

    [Fact]
    public async Task Call_WhileItIsRecorded_IsFollowedToItsEnd()
    {
        var page = await browsing.SignInAsync(stack, "#/calls?number=%2B442079460958", complaints: complaints);
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();

        // It comes by itself, and everything that follows too.
        var call = stack.Twilio.StartCall(Browsing.Script("+442079460958") with { TalkFor = TimeSpan.FromMinutes(10) });
        await page.GetByRole(AriaRole.Link, new() { Name = "+44 207 946 0958" }).ClickAsync();
        await Expect(page.Locator(".transport .chip.live")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true })).ToBeDisabledAsync();
        await Browsing.PhotographAsync(page, "live-desk");

        call.HangUp();
        await call.Completion;
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true })).ToBeEnabledAsync();
        await Expect(page.Locator(".chip.live")).ToHaveCountAsync(0);
        complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task Call_ByKeyboardAlone_IsFoundAndPlayed()
    {
        await browsing.CallAsync(stack);
        var page = await browsing.OpenAsync(stack, complaints: complaints);
        await Expect(page.GetByLabel("API key")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync(DistributedStack.ApiKey);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Calls" })).ToBeVisibleAsync();

        await TabToAsync(page.GetByRole(AriaRole.Searchbox));
        await page.Keyboard.TypeAsync("004930901820");
        await page.Keyboard.PressAsync("Enter");
        var row = page.GetByRole(AriaRole.Link, new() { Name = "+49 3090 1820" });
        await Expect(row).ToHaveCountAsync(1);
        await TabToAsync(row);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true })).ToBeEnabledAsync();

        await TabToAsync(page.GetByRole(AriaRole.Slider));
        await page.Keyboard.PressAsync("ArrowRight");
        await Expect(page.GetByRole(AriaRole.Slider)).ToHaveAttributeAsync("aria-valuenow", "5");
        await page.Keyboard.PressAsync("Space");
        await Eventually.BecomesTrueAsync(async () => await PositionAsync(page) > 5.3);
        await page.Keyboard.PressAsync("Space");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Play", Exact = true })).ToBeVisibleAsync();

        var more = page.GetByRole(AriaRole.Button, new() { Name = "More for Both sides, recorded by Burqi" });
        await TabToAsync(more);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "Hear only this" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.GetByRole(AriaRole.Menuitem, new() { Name = "Download WAV" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Escape");
        await Expect(more).ToBeFocusedAsync();
        complaints.ShouldBeEmpty();

        async Task TabToAsync(ILocator wanted)
        {
            for (var pressed = 0; pressed < 40; pressed++)
            {
                if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
                {
                    return;
                }

                await page.Keyboard.PressAsync("Tab");
            }

            throw new InvalidOperationException($"The Tab key does not lead to {wanted}.");
        }
    }

    /// <summary>Each view as it is shown, looked over by axe, and kept as a picture.</summary>
    [Theory]
    [InlineData(false, ColorScheme.Light)]
    [InlineData(true, ColorScheme.Dark)]
    public async Task Views_OfEveryKind_AreAccessibleAndFitTheScreen(bool isPhone, ColorScheme scheme)
    {
        var call = await browsing.CallAsync(stack);
        var name = $"{(isPhone ? "phone" : "desk")}-{(scheme == ColorScheme.Dark ? "dark" : "light")}";
        var page = await browsing.OpenAsync(stack, isPhone: isPhone, scheme: scheme);
        await Expect(page.GetByLabel("API key")).ToBeVisibleAsync();
        await LookAsync("login");

        await page.GetByLabel("API key").FillAsync(DistributedStack.ApiKey);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".entry-link").First).ToBeVisibleAsync();
        await LookAsync("calls");

        await page.GotoAsync("/#/calls?number=%2B10000000000");
        await Expect(page.GetByText("Nothing matches")).ToBeVisibleAsync();
        await LookAsync("nothing");

        await page.GotoAsync("/#/tracks");
        await Expect(page.Locator(".entry-link").First).ToBeVisibleAsync();
        await LookAsync("recordings");

        await page.GotoAsync($"/#/calls/{call.CallSid}");
        await Expect(page.Locator(".wave")).ToHaveCountAsync(4);
        await page.Keyboard.PressAsync("ArrowRight");
        await LookAsync("call");

        await page.GetByRole(AriaRole.Button, new() { Name = "More for Both sides, recorded by Burqi" }).ClickAsync();
        await page.GetByRole(AriaRole.Menuitem, new() { Name = "Share a link" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await LookAsync("share");

        async Task LookAsync(string view)
        {
            await Browsing.PhotographAsync(page, $"{view}-{name}");
            (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue($"{view} is wider than the screen");
            await page.EvaluateAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "npm", "node_modules", "axe-core", "axe.min.js")));
            var violations = await page.EvaluateAsync<string[]>(
                """
                async () => (await axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })).violations
                  .flatMap(violation => violation.nodes.map(node => `${violation.id}: ${node.target} ${node.failureSummary}`))
                """);
            violations.ShouldBeEmpty($"{view}, {name}");
        }
    }

    [Fact]
    public async Task Documents_Asked_ForbidWhatIsNotOurs()
    {
        foreach (var address in new[] { "/", "/phone", "/shared/unknown" })
        {
            using var client = new HttpClient { BaseAddress = stack.PublicAddress };
            using var answer = await client.GetAsync(new Uri(address, UriKind.Relative));
            answer.IsSuccessStatusCode.ShouldBeTrue(address);
            var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldContain("script-src 'self';");
            policy.ShouldContain("frame-ancestors 'none'");
            policy.ShouldNotContain("unsafe");
            answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            answer.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);

            // A nonce of its own each time, and nothing from anywhere else.
            var html = await answer.Content.ReadAsStringAsync();
            html.ShouldNotContain("://");
            (await client.GetStringAsync(new Uri(address, UriKind.Relative))).ShouldNotBe(html);
        }
    }

    [Fact]
    public async Task Assets_NamedByTheirContent_AreSentCompressedAndKept()
    {
        using var client = new HttpClient { BaseAddress = stack.PublicAddress };
        var html = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        var script = html.Split("src=\"")[1].Split('"')[0];
        script.ShouldStartWith("/assets/index-");
        var plain = await client.GetByteArrayAsync(new Uri(script, UriKind.Relative));

        using var request = new HttpRequestMessage(HttpMethod.Get, script);
        request.Headers.Add("Accept-Encoding", "gzip, br;q=0.9, identity;q=0");
        using var answer = await client.SendAsync(request);
        answer.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        answer.Headers.CacheControl!.MaxAge.ShouldBe(TimeSpan.FromDays(365));
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        using var unpacked = new MemoryStream();
        await using (var brotli = new System.IO.Compression.BrotliStream(await answer.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress))
        {
            await brotli.CopyToAsync(unpacked);
        }

        unpacked.ToArray().ShouldBe(plain);
        using var again = new HttpRequestMessage(HttpMethod.Get, script);
        again.Headers.Add("Accept-Encoding", "br");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var unchanged = await client.SendAsync(again);
        ((int)unchanged.StatusCode).ShouldBe(304);
        using var missing = await client.GetAsync(new Uri("/assets/index-00000000.js", UriKind.Relative));
        ((int)missing.StatusCode).ShouldBe(404);
    }

    /// <summary>How far the page's audio has come.</summary>
    private static Task<double> PositionAsync(IPage page) => page.Locator(Sounding).First.EvaluateAsync<double>("audio => audio.currentTime");
}
