using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Testing;
using Microsoft.Playwright;

namespace Burqi.EndToEnd.Tests.Page;

/// <summary>
/// The page that dials, in Chromium, against catalog as a process. Twilio's signalling is answered at the browser's edge, by what Twilio would say and with the
/// WebRTC of a second browser tab: that a real call comes about is for Twilio to say, and is not claimed here.
/// </summary>
public sealed partial class PhonePageTests : IAsyncLifetime
{
    private const string ApiKey = "phone-page-tests-0123456789";
    private const string CallSid = "CA000000000000000000000000000000f1";

    private static readonly Dictionary<string, string?> SetUp = new(StringComparer.Ordinal)
    {
        ["TWILIO_ACCOUNT_SID"] = "AC000000000000000000000000000000f2",
        ["TWILIO_API_KEY"] = "SK000000000000000000000000000000f3",
        ["TWILIO_API_SECRET"] = "a-secret-of-the-tests",
        ["TWILIO_TWIML_APP_SID"] = "AP000000000000000000000000000000f4",
    };

    // What a telephone would do at the other end: takes the offer, sends a tone, and counts what it hears.
    private const string Answer =
        """
        async offer => {
          const connection = globalThis.connection = new RTCPeerConnection();
          await connection.setRemoteDescription({ type: 'offer', sdp: offer });
          const audio = new AudioContext();
          const tone = audio.createOscillator();
          const line = audio.createMediaStreamDestination();
          tone.connect(line);
          tone.start();
          connection.addTrack(line.stream.getTracks()[0], line.stream);
          await connection.setLocalDescription(await connection.createAnswer());
          await new Promise(done => {
            const look = () => connection.iceGatheringState === 'complete' && done();
            connection.onicegatheringstatechange = look;
            look();
          });
          return connection.localDescription.sdp;
        }
        """;

    private const string PacketsHeard =
        "async () => [...(await connection.getStats()).values()].filter(one => one.type === 'inbound-rtp').reduce((sum, one) => sum + one.packetsReceived, 0)";

    private readonly ConcurrentQueue<JsonObject> signalled = new();
    private readonly ConcurrentQueue<string> violations = new();
    private IPlaywright playwright = null!;
    private IBrowser browser = null!;
    private ServiceProcess? catalog;

    public async ValueTask InitializeAsync()
    {
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Path,
            Args =
            [
                .. Chromium.Arguments, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection",
                "--autoplay-policy=no-user-gesture-required",
                "--host-resolver-rules=MAP *.twilio.com ~NOTFOUND",
            ],
        });
    }

    [Fact]
    public async Task Phone_NotSetUp_SaysPlainlyWhatIsMissing()
    {
        var page = await OpenAsync([]);

        await Assertions.Expect(page.GetByText("Calling is not set up")).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("TWILIO_TWIML_APP_SID")).ToBeVisibleAsync();
        (await page.GetByRole(AriaRole.Button, new() { Name = "Call", Exact = true }).CountAsync()).ShouldBe(0);
        await Chromium.KeepAsync(page, "phone-not-set-up");
        violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Phone_SetUp_DialsTheNumberWithOurTokenAndHangsUp()
    {
        IPage far = null!;
        var page = await OpenAsync(SetUp, page => page.RouteWebSocketAsync(Signalling(), socket => socket.OnMessage(frame => _ = SignalAsync(socket, frame.Text, far))));
        far = await page.Context.NewPageAsync();
        await far.GotoAsync(new Uri(catalog!.Address, "/health/live").ToString());
        string? given = null;
        page.Response += (_, response) =>
        {
            if (response.Url.EndsWith("/twilio/token", StringComparison.Ordinal) && response.Ok)
            {
                _ = KeepAsync(response);
            }
        };

        // What is no number is not dialled.
        var number = page.GetByLabel("Number to call");
        await number.FillAsync("0171 5550100");
        await page.GetByRole(AriaRole.Button, new() { Name = "Call", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("country code");
        signalled.ShouldBeEmpty();

        await number.FillAsync("+49 (171) 555-0100");
        await number.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Timer)).ToBeVisibleAsync(new() { Timeout = 30_000 });

        var invite = signalled.Single(message => message["type"]!.GetValue<string>() == "invite")["payload"]!;
        invite["twilio"]!["params"]!.GetValue<string>().ShouldBe("To=%2B491715550100");
        invite["sdp"]!.GetValue<string>().ShouldContain("m=audio");
        await Eventually.BecomesTrueAsync(() => given is not null);
        signalled.First(message => message["type"]!.GetValue<string>() == "listen")["payload"]!["token"]!.GetValue<string>().ShouldBe(given);

        // The microphone is heard at the other end, until it is muted.
        await Eventually.BecomesTrueAsync(async () => await far.EvaluateAsync<int>(PacketsHeard) > 0);
        await page.GetByRole(AriaRole.Button, new() { Name = "Mute" }).ClickAsync();
        await Assertions.Expect(page.GetByText("muted")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "5", Exact = true }).ClickAsync();
        await Chromium.KeepAsync(page, "phone-in-call");

        await page.GetByRole(AriaRole.Button, new() { Name = "Hang up" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The call ended after")).ToBeVisibleAsync();
        signalled.ShouldContain(message => message["type"]!.GetValue<string>() == "hangup");
        (await page.GetByRole(AriaRole.Link, new() { Name = "To its recordings" }).GetAttributeAsync("href")).ShouldBe($"/#/calls/{CallSid}");
        await Chromium.KeepAsync(page, "phone-ended");
        violations.ShouldBeEmpty();

        async Task KeepAsync(IResponse response) => given = JsonNode.Parse(await response.TextAsync())!["token"]!.GetValue<string>();
    }

    [Fact]
    public async Task Phone_TwilioRefusesTheToken_SaysWhatToLookAt()
    {
        var page = await OpenAsync(SetUp, page => page.RouteWebSocketAsync(Signalling(), socket => socket.OnMessage(frame =>
        {
            if (frame.Text is { } text && text.Contains("\"listen\"", StringComparison.Ordinal))
            {
                socket.Send("""{"type":"error","version":"1.6","payload":{"error":{"code":20101,"message":"AccessTokenInvalid"}}}""");
            }
        })));

        await page.GetByLabel("Number to call").FillAsync("+491715550100");
        await page.GetByRole(AriaRole.Button, new() { Name = "Call", Exact = true }).ClickAsync();

        await Assertions.Expect(page.GetByText("Twilio does not accept the token.")).ToBeVisibleAsync(new() { Timeout = 30_000 });
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        if (catalog is not null)
        {
            await catalog.DisposeAsync();
        }
    }

    [GeneratedRegex("^wss://voice-js\\.roaming\\.twilio\\.com/")]
    private static partial Regex Signalling();

    /// <summary>What Twilio's signalling says, as far as this call needs it.</summary>
    private async Task SignalAsync(IWebSocketRoute socket, string? text, IPage far)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return; // a heartbeat
        }

        var message = JsonNode.Parse(text)!.AsObject();
        signalled.Enqueue(message);
        switch (message["type"]!.GetValue<string>())
        {
            case "listen":
                socket.Send("""{"type":"connected","version":"1.6","payload":{"region":"us1","edge":"ashburn","home":"us1","token":"t"}}""");
                break;
            case "invite":
                var sdp = await far.EvaluateAsync<string>(Answer, message["payload"]!["sdp"]!.GetValue<string>());
                socket.Send(JsonSerializer.Serialize(new { type = "answer", version = "1.6", payload = new { callsid = CallSid, sdp, reconnect = "r" } }));
                break;
            case "hangup":
                socket.Send(JsonSerializer.Serialize(new { type = "hangup", version = "1.6", payload = new { callsid = CallSid } }));
                break;
        }
    }

    /// <summary>Catalog with these settings, and its phone in a browser that has signed in.</summary>
    private async Task<IPage> OpenAsync(Dictionary<string, string?> settings, Func<IPage, Task>? prepare = null)
    {
        var folder = TestFolder.Create("phone");
        catalog = ServiceProcess.Describe("Burqi.Catalog.Host", folder, new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["BURQI_DATABASE_URL"] = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync(),
            ["BURQI_API_KEYS"] = ApiKey,
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
        });
        await catalog.StartAsync();
        var context = await browser.NewContextAsync(new() { Locale = "en-GB" });
        var page = await context.NewPageAsync();
        page.Console += (_, line) =>
        {
            if (line.Text.Contains("Content Security Policy", StringComparison.Ordinal))
            {
                violations.Enqueue(line.Text);
            }
        };
        if (prepare is not null)
        {
            await prepare(page);
        }

        await page.GotoAsync(new Uri(catalog.Address, "/phone").ToString());
        await page.GetByLabel("API key").FillAsync(ApiKey);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        return page;
    }
}
