using System.Net.WebSockets;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Acs;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>A call of Azure Communication Services: signed in with a token, recorded voice by voice, whole on disk.</summary>
public sealed class AcsCallTests : IAsyncLifetime
{
    private const string Resource = "5b1e3e0c-1111-4222-8333-944455556666";
    private const string CallConnection = "411f0b00-1111-4222-8333-944455556666";
    private const int SampleRate = 16_000;

    private readonly string folder = TestFolder.Create("acs");
    private AcsTokenIssuer issuer = null!;
    private ServiceProcess media = null!;

    private Uri Address => new UriBuilder(media.Address) { Scheme = "ws", Path = "/acs/media/context-1" }.Uri;

    public async ValueTask InitializeAsync()
    {
        issuer = await AcsTokenIssuer.StartAsync();
        media = ServiceProcess.Describe("Burqi.Media.Host", folder, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_BUS"] = "memory",
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
            ["BURQI_RECORDINGS_DIR"] = Path.Combine(folder, "recordings"),
            ["BURQI_MEDIA_RECONNECT_SECONDS"] = "0",
            ["TWILIO_AUTH_TOKEN"] = "5ba5e2e05ba5e2e05ba5e2e05ba5e2e0",
            ["ACS_RESOURCE_ID"] = Resource,
            ["BURQI_ACS_OPENID_CONFIGURATION_URL"] = issuer.Configuration.AbsoluteUri,
        });
        await media.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await media.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    public async Task UnmixedCall_WithAToken_EachVoiceIsInItsFileAndAllAreInTheMix()
    {
        var (caller, bot) = (Noise(1, 150), Noise(2, 100));
        using var stream = await AcsMediaStream.OpenAsync(Address, issuer.Issue(Resource, DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10)), CallConnection);

        await stream.SendConversationAsync(new DateTimeOffset(2026, 1, 15, 10, 20, 30, TimeSpan.Zero), ("4:+14255550123", caller), ("28:orgid:bot", bot));
        await stream.CloseAsync();

        Array.Resize(ref bot, caller.Length);
        (await FileAsync("user")).ShouldHold(caller);
        (await FileAsync("assistant")).ShouldHold(bot);
        (await FileAsync("mixed")).ShouldHold([.. caller.Zip(bot, (a, b) => (short)Math.Clamp(a + b, short.MinValue, short.MaxValue))]);
    }

    [Fact]
    public async Task Upgrade_WithAnothersTokenOrNone_IsRefused()
    {
        var anothers = issuer.Issue("another-resource", DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10));
        var expired = issuer.Issue(Resource, DateTimeOffset.UtcNow.AddHours(-2), TimeSpan.FromHours(1));

        foreach (var token in new[] { anothers, expired, null })
        {
            await Should.ThrowAsync<WebSocketException>(() => AcsMediaStream.OpenAsync(Address, token, CallConnection));
        }
    }

    private static short[] Noise(int seed, int frames)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, frames * SampleRate / 50).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))];
    }

    private async Task<short[][]> FileAsync(string type)
    {
        var recordings = Path.Combine(folder, "recordings", CallConnection);
        var file = await Eventually.ReturnsAsync(() => Task.FromResult(Directory.GetFiles(recordings, type + "_*.wav").SingleOrDefault()));
        return Evidence.ReadWav(await File.ReadAllBytesAsync(file), SampleRate);
    }
}
