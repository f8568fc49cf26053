using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Audio;
using Microsoft.Playwright;

namespace Burqi.EndToEnd.Tests;

/// <summary>A recording played where people play it: in Chromium, from the play URL.</summary>
[Collection(DistributedCollection.Name)]
public sealed class BrowserTests(DistributedStack stack)
{
    private static readonly string[] Browsers = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];

    [Theory]
    [InlineData("mixed")]
    [InlineData("provider")]
    public async Task PlayUrl_InChromium_PlaysToItsEndAndSeeks(string recordingType)
    {
        using var api = stack.CreateApiClient();
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(AudioSource.Tone(440, TimeSpan.FromSeconds(3)), AudioSource.Tone(660, TimeSpan.FromSeconds(3))));
        var row = (await Evidence.FourCompletedAsync(api, call.CallSid))[recordingType];

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Browsers.FirstOrDefault(File.Exists)
                ?? throw new InvalidOperationException("Chromium is not there: run 'infra/install-prerequisites.sh test'."),
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required"],
        });
        var page = await browser.NewPageAsync();
        await page.SetExtraHTTPHeadersAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Authorization"] = $"Bearer {DistributedStack.ApiKey}" });

        // From the web page itself: what it may load is what its policy allows.
        var play = new Uri(stack.PublicAddress, $"/calls/{call.CallSid}/recording/{row.Id}/play");
        await page.GotoAsync(new Uri(stack.PublicAddress, "/").ToString());
        var seconds = await page.EvaluateAsync<double[]>(
            """
            url => new Promise((resolve, reject) => {
              const audio = new Audio(url);
              audio.onerror = () => reject(new Error(`media error ${audio.error.code}: ${audio.error.message}`));
              audio.onloadedmetadata = () => { audio.currentTime = audio.duration - 0.5; };
              audio.onseeked = () => audio.play().catch(reject);
              audio.onended = () => resolve([audio.duration, audio.currentTime]);
            })
            """,
            play.ToString());

        seconds[0].ShouldBe(row.DurationMs!.Value / 1000.0, 0.05);
        seconds[1].ShouldBe(seconds[0], 0.05);
    }
}
