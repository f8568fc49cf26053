using System.Security.Cryptography;
using System.Text;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources.Acs;
using Burqi.Archiver.Sources.MediaNode;
using Burqi.Archiver.Sources.Twilio;
using Burqi.Archiver.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Burqi.Archiver.Tests.Sources;

/// <summary>The contract over HTTP, where the server is Kestrel with its own rules of ranges, as media's is.</summary>
public abstract class HttpSourceContract : RecordingSourceContract
{
    private protected HttpPeer Peer { get; private set; } = null!;

    protected abstract string Path { get; }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Peer.DisposeAsync();
    }

    [Fact]
    public async Task Open_SourceIsAway_IsAPassingFailure()
    {
        Peer.Answers[Path] = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "120";
            return Task.CompletedTask;
        };

        var failure = await Should.ThrowAsync<TransferException>(() => OpenAsync());

        (failure.Failure, failure.RetryAfter).ShouldBe((TransferFailure.SourceUnavailable, TimeSpan.FromMinutes(2)));
    }

    [Theory]
    [InlineData("http://elsewhere.example/recording.wav")]
    [InlineData("ftp://elsewhere.example/recording.wav")]
    [InlineData("file:///etc/passwd")]
    public async Task Open_RedirectsElsewhere_IsNotFollowed(string location)
    {
        Peer.Answers[Path] = (context, _) =>
        {
            context.Response.Redirect(location);
            return Task.CompletedTask;
        };

        var failure = await Should.ThrowAsync<TransferException>(() => OpenAsync());

        failure.Failure.ShouldBe(TransferFailure.SourceUnavailable);
        failure.Message.ShouldEndWith(", and is not followed.");
    }

    private protected override async Task<Uri> StartServerAsync()
    {
        Peer = await HttpPeer.StartAsync();
        return new Uri(Peer.BaseUrl);
    }

    private protected override Task PutAsync(byte[] content)
    {
        var tag = Resumes ? new EntityTagHeaderValue($"\"{Wav.Sha256(content)}\"") : null;
        Peer.Answers[Path] = (context, _) => MayAnswer(context)
            ? TypedResults.Bytes(content, "audio/wav", enableRangeProcessing: Resumes, entityTag: tag).ExecuteAsync(context)
            : Task.CompletedTask;
        return Task.CompletedTask;
    }

    /// <summary>Whether the server lets this request in; it sets the status otherwise.</summary>
    private protected virtual bool MayAnswer(HttpContext context) => true;
}

/// <summary>A media node.</summary>
public sealed class MediaNodeSourceTests : HttpSourceContract
{
    protected override string Kind => MediaNodeRecordingSource.SourceKind;

    protected override string Path => $"/media/recordings/{RecordingId}/content";

    private protected override IReadOnlyDictionary<string, string?> Settings() => new Dictionary<string, string?>();

    private protected override string Details() => MediaNodeRecordingSource.Describe(RecordingId, $"{Proxy.Address}{Path}?exp=1&sig=secret", "media-1");
}

/// <summary>Twilio, which is not known to serve ranges.</summary>
public class TwilioSourceTests : HttpSourceContract
{
    private const string AccountSid = "AC00000000000000000000000000000001";
    private const string RecordingSid = "RE00000000000000000000000000000001";

    protected override string Kind => TwilioRecordingSource.SourceKind;

    protected override bool Resumes => false;

    protected override string Path => $"/2010-04-01/Accounts/{AccountSid}/Recordings/{RecordingSid}.wav";

    private protected override IReadOnlyDictionary<string, string?> Settings() => new Dictionary<string, string?>
    {
        ["TWILIO_API_BASE_URL"] = Proxy.Address,
        ["TWILIO_ACCOUNT_SID"] = AccountSid,
        ["TWILIO_AUTH_TOKEN"] = "token",
    };

    private protected override string Details() => TwilioRecordingSource.Describe(AccountSid, RecordingSid);
}

/// <summary>Twilio, should it serve ranges after all.</summary>
public sealed class TwilioSourceWithRangesTests : TwilioSourceTests
{
    protected override bool Resumes => true;
}

/// <summary>ACS's own storage, which lets nobody in whose signature is not right to the letter.</summary>
public sealed class AcsSourceTests : HttpSourceContract
{
    private const string ResourceHost = "burqi.unitedstates.communication.azure.com";
    private static readonly byte[] AccessKey = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];

    protected override string Kind => AcsRecordingSource.SourceKind;

    protected override string Path => "/v1/objects/0-eus-d12-801b3f3fc462fe8a01e6810cbff729b8/content/audio";

    [Fact]
    public async Task Open_RedirectWithinAcs_IsFollowedWithoutTheSignature()
    {
        string? shown = null;
        Peer.Answers[Path] = (context, _) =>
        {
            context.Response.Redirect("/elsewhere?sig=own");
            return Task.CompletedTask;
        };
        Peer.Answers["/elsewhere"] = (context, _) =>
        {
            shown = context.Request.Headers.Authorization.ToString() + context.Request.Headers["x-ms-content-sha256"];
            return HttpPeer.WriteAsync(context, Content);
        };

        await using var content = await OpenAsync();

        (await ReadAsync(content)).Length.ShouldBe(Content.Length);
        shown.ShouldBe("");
    }

    [Theory]
    [InlineData("bytes 0-{0}/{1}", true)]
    [InlineData("bytes 0-{0}/*", true)]
    [InlineData("bytes 1-{0}/{1}", false)]
    [InlineData(null, false)]
    public async Task Open_AnswersAPart_IsTakenOnlyIfItIsAllOfIt(string? range, bool isWhole)
    {
        Peer.Answers[Path] = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = range is null ? null : string.Format(System.Globalization.CultureInfo.InvariantCulture, range, Content.Length - 1, Content.Length);
            return HttpPeer.WriteAsync(context, Content);
        };

        var failure = await Record.ExceptionAsync(async () => await (await OpenAsync()).DisposeAsync());

        (failure is null).ShouldBe(isWhole);
    }

    [Fact]
    public async Task Open_RedirectToAnotherHostThatIsHttps_IsNotFollowed()
    {
        Peer.Answers[Path] = (context, _) =>
        {
            context.Response.Redirect("https://169.254.169.254/latest");
            return Task.CompletedTask;
        };

        var failure = await Should.ThrowAsync<TransferException>(() => OpenAsync());

        failure.Message.ShouldBe("ACS redirected to something other than a host of ACS's (BURQI_ACS_CONTENT_HOSTS), and is not followed.");
    }

    [Theory]
    [InlineData("https://storage.example/v1/objects/1/content/audio")]
    [InlineData("https://asm.skype.com.example/v1/objects/1/content/audio")]
    [InlineData("https://us-storage.asm.skype.com:8443/v1/objects/1/content/audio")]
    public async Task Open_HostIsNotOneOfAcs_IsNeverAsked(string location)
    {
        var failure = await Should.ThrowAsync<TransferException>(() => OpenAsync(AcsDetails.Describe(location, null)));

        failure.Failure.ShouldBe(TransferFailure.SourceRefused);
        failure.Message.ShouldBe($"The recording is said to lie at '{new Uri(location).Host}', which is no host of ACS's (BURQI_ACS_CONTENT_HOSTS).");
        Peer.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://us-storage.asm.skype.com/v1/objects/1/content/audio")]
    [InlineData("https://user@us-storage.asm.skype.com/v1/objects/1/content/audio")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/v1/objects/1")]
    [InlineData(null)]
    public void Describe_NoHttpsAddress_IsRefused(string? location) =>
        Should.Throw<FormatException>(() => AcsDetails.Describe(location, null)).Message.ShouldBe("the content location is not an https address");

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Delete_GoneNowOrBefore_IsDeleted(int status)
    {
        Peer.Answers["/v1/objects/1"] = (context, _) =>
        {
            context.Response.StatusCode = MayAnswer(context) ? status : context.Response.StatusCode;
            return Task.CompletedTask;
        };

        await Service<AcsRecordingSource>().DeleteAsync(new Uri($"{Proxy.Address}/v1/objects/1"), TestContext.Current.CancellationToken);

        Peer.Seen.ShouldHaveSingleItem().Method.ShouldBe("DELETE");
    }

    private protected override IReadOnlyDictionary<string, string?> Settings() => new Dictionary<string, string?>
    {
        ["ACS_CONNECTION_STRING"] = $"endpoint=https://{ResourceHost}/;accesskey={Convert.ToBase64String(AccessKey)}",
        ["BURQI_ACS_CONTENT_HOSTS"] = "*.asm.skype.com,127.0.0.1",
    };

    private protected override string Details() => AcsDetails.Describe($"{Proxy.Address}{Path}?x=1", null);

    private protected override bool MayAnswer(HttpContext context)
    {
        var headers = context.Request.Headers;
        var stringToSign = $"{context.Request.Method}\n{context.Request.Path}\n{headers["x-ms-date"]};{ResourceHost};47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(AccessKey, Encoding.UTF8.GetBytes(stringToSign)));
        var isSigned = headers.Authorization == $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}"
            && headers["x-ms-host"] == ResourceHost
            && headers["x-ms-content-sha256"] == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
            && DateTimeOffset.UtcNow - DateTimeOffset.Parse(headers["x-ms-date"]!) < TimeSpan.FromMinutes(5);
        context.Response.StatusCode = isSigned ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
        return isSigned;
    }
}
