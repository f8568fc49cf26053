using System.Text;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Assistants;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>Of several Twilio accounts, which one's credentials fetch a recording.</summary>
public sealed class CredentialsTests : ArchiverTest
{
    private const string SalesAccount = "AC00000000000000000000000000000002";
    private const string SalesMediaPath = $"/2010-04-01/Accounts/{SalesAccount}/Recordings/{RecordingSid}.wav";

    private readonly byte[] _content = Wav.Create(1000, channels: 2);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["TWILIO_CREDENTIALS"] = "sales,support";
        Settings["TWILIO_SALES_ACCOUNT_SID"] = SalesAccount;
        Settings["TWILIO_SALES_AUTH_TOKEN"] = "token-of-sales";
        Settings["TWILIO_SUPPORT_ACCOUNT_SID"] = "AC00000000000000000000000000000003";
        Settings["TWILIO_SUPPORT_AUTH_TOKEN"] = "token-of-support";
        Settings["TWILIO_SUPPORT_API_KEY"] = "SK3";
        Settings["TWILIO_SUPPORT_API_SECRET"] = "secret-of-support";
        Peer.Serve(TwilioMediaPath, _content);
        Peer.Serve(SalesMediaPath, _content);
    }

    [Theory]
    [InlineData(AccountSid, null, $"{AccountSid}:token")]
    [InlineData(SalesAccount, null, $"{SalesAccount}:token-of-sales")]
    [InlineData(AccountSid, "sales", $"{SalesAccount}:token-of-sales")]
    [InlineData(SalesAccount, "Support", "SK3:secret-of-support")]
    public async Task Ready_OfOneOfSeveralAccounts_IsFetchedWithTheAssistantsCredentialsElseTheAccounts(string account, string? named, string expected)
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant("front-desk", named));
        var message = Ready() with { AccountId = account, AssistantId = "front-desk" };

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        Peer.Seen.ShouldHaveSingleItem().Authorization.ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(expected)));
    }

    [Fact]
    public async Task Ready_AssistantNamesCredentialsThatAreNotThere_WaitsUntilSomebodyAddsThem()
    {
        var message = Ready() with { AssistantId = "front-desk" };
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.TellAsync(Assistant("front-desk", "billing"));

            await archiver.PublishAsync(message);
            var job = await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, Attempts: > 1 });

            job.LastFailure.ShouldBe(nameof(TransferFailure.SourceRefused));
            job.LastError.ShouldBe(
                "The assistant's Twilio credentials are named 'billing', which this process does not have: add the name to TWILIO_CREDENTIALS and set TWILIO_BILLING_ACCOUNT_SID and so on.");
            Peer.Seen.ShouldBeEmpty();
        }

        Settings["TWILIO_CREDENTIALS"] = "billing";
        Settings["TWILIO_BILLING_ACCOUNT_SID"] = SalesAccount;
        Settings["TWILIO_BILLING_AUTH_TOKEN"] = "token-of-billing";

        // The catalog is away: what the process heard before its end is known to the next.
        await using var next = await StartArchiverAsync();
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        Peer.Seen.ShouldHaveSingleItem().Authorization.ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SalesAccount}:token-of-billing")));
    }

    [Fact]
    public async Task Ready_TwilioDoesNotShowItToTheWrongCredentials_IsNotGoneBeforeTheAssistantIsKnown()
    {
        Settings["Archiver:Twilio:NotReadyGrace"] = "00:00:00";
        var sales = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SalesAccount}:token-of-sales"));
        Peer.Answers[TwilioMediaPath] = (context, _) =>
        {
            if (context.Request.Headers.Authorization == sales)
            {
                return HttpPeer.WriteAsync(context, _content);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
        var message = Ready() with { AssistantId = "front-desk" };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, LastFailure: nameof(TransferFailure.SourceNotReady), Attempts: > 1 });
        await archiver.TellAsync(Assistant("front-desk", "sales"));

        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
    }

    [Fact]
    public async Task Ready_AssistantWasDeleted_GoesByTheAccount()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant("front-desk", "support"));
        await archiver.TellAsync(new AssistantDeleted { AssistantId = "front-desk", Version = 2, DeletedAt = StartedAt });
        var message = Ready() with { AccountId = SalesAccount, AssistantId = "front-desk" };

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        Peer.Seen.ShouldHaveSingleItem().Authorization.ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{SalesAccount}:token-of-sales")));
    }
}
