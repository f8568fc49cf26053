using System.Net.WebSockets;
using System.Text;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Streams;

public sealed class HostileStreamTests
{
    public static TheoryData<string> Unreadable =>
    [
        "",
        "{",
        "null",
        "[]",
        "\"media\"",
        "{}",
        "{}{}",
        """{"event":"media"}""",
        """{"event":7}""",
        """{"event":"media","media":[]}""",
        """{"event":"media","media":{"track":"inbound","timestamp":"20","payload":"####"}}""",
        """{"event":"media","media":{"track":"inbound","timestamp":"20","payload":"AAA"}}""",
        """{"event":"media","media":{"track":"inbound","timestamp":"20","payload":7}}""",
        """{"event":"media","media":{"track":"inbound","timestamp":"-20","payload":"AAAA"}}""",
        """{"event":"media","media":{"track":"inbound","timestamp":"99999999999999999999999","payload":"AAAA"}}""",
        """{"event":"media","media":{"track":"inbound","timestamp":"1e3","payload":"AAAA"}}""",
        """{"event":"media","media":{"track":"sideways","timestamp":"20","payload":"AAAA"}}""",
        """{"event":"media","sequenceNumber":"x","media":{"track":"inbound","timestamp":"20","payload":"AAAA"}}""",
        """{"event":"media","streamSid":"MZffffffffffffffffffffffffffffffff","media":{"track":"inbound","timestamp":"20","payload":"AAAA"}}""",
        """{"event":"start","start":{}}""",
    ];

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task Message_ThatCannotBeRead_IsLeftOutAndCounted(string message)
    {
        await using var host = await MediaHost.StartAsync();
        var user = TestAudio.Noise(1, 200);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user[..800], []);
        await driver.SendAsync(message);
        await driver.SendAsync(user[800..], [], fromMs: 100);
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.MessagesRejected.ShouldBe(1);
        manifest.Ending.ShouldBe("stop");
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
    }

    [Fact]
    public async Task Message_InInvalidUtf8OrBinary_IsLeftOutAndCounted()
    {
        await using var host = await MediaHost.StartAsync();
        var user = TestAudio.Noise(1, 100);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user, []);
        await driver.SendAsync([0, 1, 2, 3], WebSocketMessageType.Binary);
        await driver.SendAsync(Encoding.UTF8.GetBytes("""{"event":"media","media":{"track":"inb\ud800","timestamp":"20","payload":"AAAA"}}"""), WebSocketMessageType.Text);
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.MessagesRejected.ShouldBe(2);
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
    }

    [Fact]
    public async Task Message_WithEscapedSlashes_IsRead()
    {
        await using var host = await MediaHost.StartAsync();
        var user = Enumerable.Repeat((byte)0xFF, 160).ToArray();
        user[3] = 0x10;
        await using var driver = await StreamDriver.StartAsync(host);
        var frame = driver.Frame("inbound", 0, user);
        frame.ShouldContain('/');
        await driver.SendAsync(frame.Replace("/", "\\/", StringComparison.Ordinal));
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
    }

    [Fact]
    public async Task Message_LargerThanAllowed_EndsTheStreamAndKeepsWhatCame()
    {
        await using var host = await MediaHost.StartAsync();
        var user = TestAudio.Noise(1, 1000);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user, []);
        await driver.SendAsync(new string(' ', 70_000));
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.MessageTooBig);
        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.Ending.ShouldBe("oversized");
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
    }

    [Fact]
    public async Task Messages_NoneOfWhichCanBeRead_EndTheStream()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.ConnectAsync(host);
        for (var i = 0; i < 100; i++)
        {
            await driver.SendAsync("nonsense");
        }

        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InvalidPayloadData);
        Directory.GetDirectories(host.Folder).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../../../../tmp/x", "MZ00000000000000000000000000000001")]
    [InlineData("CA0000000000000000000000000000000/", "MZ00000000000000000000000000000001")]
    [InlineData("CA0000000000000000000000000000000", "MZ00000000000000000000000000000001")]
    [InlineData("CA00000000000000000000000000000001", "XX00000000000000000000000000000001")]
    public async Task Start_WithIdsThatAreNone_TouchesNoFile(string callSid, string streamSid)
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_START_TIMEOUT_SECONDS", "1"));
        await using var driver = await StreamDriver.ConnectAsync(host, callSid, streamSid);
        await driver.SendConnectedAsync();
        await driver.SendStartAsync();
        await driver.SendFrameAsync("inbound", 0, TestAudio.Noise(1, 20));
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        Directory.GetDirectories(host.Folder).ShouldBeEmpty();
        host.Messages.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Start_OfAnotherAccount_IsRefused()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.ConnectAsync(host);
        await driver.SendConnectedAsync();
        await driver.SendStartAsync(accountSid: "AC00000000000000000000000000000002");
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        Directory.GetDirectories(host.Folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_OfAStreamRecordedBefore_IsRefusedAndChangesNothing()
    {
        await using var host = await MediaHost.StartAsync();
        var user = TestAudio.Noise(1, 300);
        await using var first = await StreamDriver.StartAsync(host);
        await first.SendAsync(user, []);
        await first.StopAsync();
        var manifest = await host.AnnouncedAsync(first.CallSid);
        var told = host.Messages.Confirmed.Count;

        await using var again = await StreamDriver.StartAsync(host, first.CallSid, first.StreamSid);
        await again.SendAsync(TestAudio.Noise(2, 300), []);
        await again.WaitForCloseAsync();

        again.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        host.Manifests(first.CallSid).Single().ShouldBe(manifest, new ManifestComparer());
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
        host.Messages.Confirmed.Count.ShouldBe(told);
    }

    [Fact]
    public async Task Stream_ThatFallsSilent_IsFinalAfterTheIdleTimeout()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_IDLE_TIMEOUT_SECONDS", "1"));
        var user = TestAudio.Noise(1, 300);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user, []);

        var manifest = await host.AnnouncedAsync(driver.CallSid);

        manifest.Ending.ShouldBe("idle");
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
    }

    [Theory]
    [InlineData(86_400_000L * 30)]
    [InlineData(86_400_000L)]
    [InlineData(1L << 49)]
    public async Task Timestamp_ThatJumpsOnce_IsLeftOut(long timestamp)
    {
        await using var host = await MediaHost.StartAsync();
        var user = TestAudio.Noise(1, 1000);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user[..4000], []);
        await driver.SendFrameAsync("inbound", timestamp, TestAudio.Noise(9, 20));
        await driver.SendAsync(user[4000..], [], fromMs: 500);
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.MessagesRejected.ShouldBe(1);
        manifest.ClockJumps.ShouldBe(0);
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
    }

    [Theory]
    [InlineData(86_400_000L * 365)]
    [InlineData(0)]
    public async Task Clock_ThatJumpsForGood_CostsTwoFramesAndNoDisk(long timestamp)
    {
        await using var host = await MediaHost.StartAsync();
        var before = TestAudio.Noise(1, 30_000);
        var after = TestAudio.Noise(2, 2000);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(before, []);
        await driver.SendAsync(after, [], fromMs: timestamp);
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.ClockJumps.ShouldBe(1);
        host.Tracks(manifest).User.ShouldSound([.. Vectors.Decode(before), .. Vectors.Decode(after[320..])]);
    }

    [Fact]
    public async Task Timestamps_ThatJumpAgainAndAgain_NeverOutgrowTheLimit()
    {
        await using var host = await MediaHost.StartAsync(settings: [("BURQI_MEDIA_MAX_GAP_SECONDS", "60"), ("BURQI_MEDIA_MAX_LENGTH_HOURS", "0.05")]);
        await using var driver = await StreamDriver.StartAsync(host);
        for (var minute = 0; minute < 100; minute++)
        {
            await driver.SendFrameAsync("inbound", minute * 59_000, TestAudio.Noise(minute, 20));
        }

        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.DurationMs!.Value.ShouldBeLessThanOrEqualTo(180_000);
        manifest.MessagesRejected!.Value.ShouldBeGreaterThan(90);
        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.FileSize <= 44 + 180 * 16_000);
    }

    [Fact]
    public async Task Message_OfTheWrongOrder_NeitherRecordsNorBreaks()
    {
        await using var host = await MediaHost.StartAsync();
        var user = TestAudio.Noise(1, 200);
        await using var driver = await StreamDriver.ConnectAsync(host);
        await driver.SendFrameAsync("inbound", 0, TestAudio.Noise(2, 20));
        await driver.SendStartAsync();
        await driver.SendConnectedAsync();
        await driver.SendAsync(user, []);
        await driver.SendStartAsync();
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
        manifest.MessagesRejected.ShouldBe(1);
    }

    private sealed class ManifestComparer : IEqualityComparer<RecordingManifest>
    {
        public bool Equals(RecordingManifest? x, RecordingManifest? y) =>
            x!.Recordings.Select(r => r.Sha256).SequenceEqual(y!.Recordings.Select(r => r.Sha256)) && x.AnnouncedAt == y.AnnouncedAt;

        public int GetHashCode(RecordingManifest manifest) => manifest.Unix.GetHashCode();
    }
}
