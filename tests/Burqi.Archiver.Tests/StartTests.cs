using Burqi.Archiver.Tests.Support;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests;

public sealed class StartTests
{
    [Fact]
    public async Task Start_NothingConfigured_NamesWhatIsMissing() =>
        (await FailuresAsync([])).ShouldBe(["BURQI_DATABASE_URL is missing: the archiver keeps its jobs in PostgreSQL (postgres://user:password@host/database)."]);

    [Fact]
    public async Task Start_MuchIsWrong_SaysAllOfItAtOnce()
    {
        var failures = await FailuresAsync(new()
        {
            ["BURQI_DATABASE_URL"] = "Nonsense=1",
            ["BURQI_STORE"] = "s3",
            ["BURQI_ARCHIVER_WORKERS"] = "many",
            ["BURQI_ARCHIVER_GIVE_UP_HOURS"] = "0",
            ["BURQI_S3_CHUNK_ENCODING"] = "maybe",
            ["BURQI_S3_SERVER_SIDE_ENCRYPTION"] = "AES128",
            ["BURQI_TRANSFER_PARTS"] = "0",
            ["AWS_ACCESS_KEY_ID"] = "key",
            ["TWILIO_API_KEY"] = "SK1",
            ["TWILIO_API_BASE_URL"] = "http://api.example.com",
            ["Archiver:Download:Retries"] = "0",
        });

        failures.ShouldBe(
            [
                "BURQI_DATABASE_URL is neither a postgres:// URL nor an Npgsql connection string.",
                "BURQI_ARCHIVER_WORKERS is 'many': give a number from 1 to 256.",
                "BURQI_ARCHIVER_GIVE_UP_HOURS is '0': give a number of hours above 0, at most 8784.",
                "S3_RECORDING_BUCKET is missing: BURQI_STORE=s3 needs the bucket that keeps the recordings.",
                "S3_RECORDING_REGION is missing: Amazon S3 needs the bucket's region (or AWS_ENDPOINT_URL_S3 names another server).",
                "AWS_SECRET_ACCESS_KEY is missing: AWS_ACCESS_KEY_ID is set, and neither is of use without the other.",
                "BURQI_S3_CHUNK_ENCODING is 'maybe': give true or false.",
                "BURQI_S3_SERVER_SIDE_ENCRYPTION is 'AES128': give none, AES256 or aws:kms.",
                "BURQI_TRANSFER_PARTS is '0': give a number from 1 to 64.",
                "TWILIO_API_SECRET is missing: TWILIO_API_KEY is set, and neither is of use without the other.",
                "TWILIO_API_BASE_URL is not an https URL (http is accepted for a loopback address only): the credentials are sent to it.",
                "Archiver:Download:Retries is 0: give a number from 1 to 10.",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Start_ApiKeyIsTheAccounts_IsRefused() =>
        (await FailuresAsync(new() { ["BURQI_DATABASE_URL"] = "Host=localhost", ["TWILIO_API_KEY"] = "AC1", ["TWILIO_API_SECRET"] = "secret" }))
            .ShouldBe(["TWILIO_API_KEY does not name an API key: its sid begins with SK. An account signs in by TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."]);

    [Fact]
    public async Task Start_StoreThatWeDoNotHave_IsRefused() =>
        (await FailuresAsync(new() { ["BURQI_DATABASE_URL"] = "Host=localhost", ["BURQI_STORE"] = "tape" }))
            .ShouldBe(["BURQI_STORE is 'tape': use disk, s3 or azure."]);

    [Theory]
    [InlineData("tape", "BURQI_FALLBACK_STORE is 'tape': use disk, s3 or azure, or leave it out.")]
    [InlineData("disk", "BURQI_FALLBACK_STORE is 'disk', as BURQI_STORE is: a fallback is a store of another kind.")]
    public async Task Start_FallbackThatIsNone_IsRefused(string fallback, string sentence) =>
        (await FailuresAsync(new() { ["BURQI_DATABASE_URL"] = "Host=localhost", ["BURQI_FALLBACK_STORE"] = fallback })).ShouldBe([sentence]);

    [Fact]
    public async Task Start_FallbackWithoutItsSettings_NamesWhatIsMissing() =>
        (await FailuresAsync(new() { ["BURQI_DATABASE_URL"] = "Host=localhost", ["BURQI_FALLBACK_STORE"] = "s3", ["S3_RECORDING_REGION"] = "eu-central-1" }))
            .ShouldBe(["S3_RECORDING_BUCKET is missing: BURQI_STORE=s3 needs the bucket that keeps the recordings."]);

    [Fact]
    public async Task Start_AzureWithNothingElse_NamesWhatIsMissing() =>
        (await FailuresAsync(new() { ["BURQI_DATABASE_URL"] = "Host=localhost", ["BURQI_STORE"] = "azure" })).ShouldBe(
            [
                "AZURE_STORAGE_CONTAINER is missing: BURQI_STORE=azure needs the container that keeps the recordings.",
                "AZURE_STORAGE_ACCOUNT is missing: BURQI_STORE=azure needs the account's name (or AZURE_STORAGE_CONNECTION_STRING says all of it).",
            ]);

    [Fact]
    public async Task Start_AzureWithMuchWrong_SaysAllOfItAndNoSecret() =>
        (await FailuresAsync(new()
        {
            ["BURQI_DATABASE_URL"] = "Host=localhost",
            ["BURQI_STORE"] = "azure",
            ["AZURE_STORAGE_CONTAINER"] = "My Recordings",
            ["AZURE_STORAGE_CONNECTION_STRING"] = "AccountName=burqi;AccountKey=this is a secret",
            ["BURQI_AZURE_ENCRYPTION_SCOPE"] = "a scope",
            ["Archiver:Azure:BlockSize"] = "1000",
            ["Archiver:Azure:Retries"] = "11",
        })).ShouldBe(
            [
                "AZURE_STORAGE_CONTAINER is 'My Recordings': a container's name has 3 to 63 lower-case letters, digits and single hyphens between them.",
                "AZURE_STORAGE_CONNECTION_STRING holds an AccountKey that is not base64.",
                "BURQI_AZURE_ENCRYPTION_SCOPE is not the name of an encryption scope: 3 to 63 letters, digits, '.', '-' and '_'.",
                "Archiver:Azure:BlockSize is 1000: give from 1048576 to 536870912 bytes.",
                "Archiver:Azure:Retries is 11: give a number from 0 to 10.",
            ]);

    [Fact]
    public async Task Start_AcsWithMuchWrong_SaysAllOfItAndNoSecret() =>
        (await FailuresAsync(new()
        {
            ["BURQI_DATABASE_URL"] = "Host=localhost",
            ["ACS_CONNECTION_STRING"] = "endpoint=https://burqi.communication.azure.com/;accesskey=this is a secret",
            ["BURQI_ACS_CONTENT_HOSTS"] = "*.asm.skype.com,https://storage.example/",
            ["RECORDING_USE_BYOS"] = "true",
        })).ShouldBe(
            [
                "ACS_CONNECTION_STRING holds no accesskey that is base64.",
                "BURQI_ACS_CONTENT_HOSTS has the entry 'https://storage.example/': give names of hosts without a scheme, port or path, such as storage.example or *.storage.example.",
                "AZURE_STORAGE_CONTAINER is missing: RECORDING_USE_BYOS needs the container that keeps the recordings.",
                "AZURE_STORAGE_ACCOUNT is missing: RECORDING_USE_BYOS needs the account's name (or AZURE_STORAGE_CONNECTION_STRING says all of it).",
            ]);

    [Theory]
    [InlineData("user", "TWILIO_CHANNEL_MAP has the entry 'user': give user,assistant or assistant,user, for channels 1 and 2, or none.")]
    [InlineData("user,user", "TWILIO_CHANNEL_MAP has the entry 'user,user': give user,assistant or assistant,user, for channels 1 and 2, or none.")]
    [InlineData("user,assistant;DialVerb=caller,callee", "TWILIO_CHANNEL_MAP has the entry 'DialVerb=caller,callee': give user,assistant or assistant,user, for channels 1 and 2, or none.")]
    [InlineData("Trunkin=assistant,user", "TWILIO_CHANNEL_MAP names the source 'Trunkin', which Twilio does not have: it has DialVerb, RecordVerb, StartCallRecordingTwiML, StartCallRecordingAPI, OutboundAPI, Conference, StartConferenceRecordingAPI, Trunking.")]
    [InlineData("user,assistant;assistant,user", "TWILIO_CHANNEL_MAP has two entries for all other sources: give one.")]
    [InlineData("Trunking=none;trunking=assistant,user", "TWILIO_CHANNEL_MAP has two entries for trunking: give one.")]
    public async Task Start_ChannelMapThatIsWrong_IsRefused(string map, string sentence) =>
        (await FailuresAsync(new() { ["BURQI_DATABASE_URL"] = "Host=localhost", ["TWILIO_CHANNEL_MAP"] = map })).ShouldBe([sentence]);

    private static async Task<IReadOnlyList<string>> FailuresAsync(Dictionary<string, string?> settings)
    {
        var failure = await Should.ThrowAsync<Exception>(() => ArchiverHost.StartAsync(settings));
        return failure is AggregateException several
            ? [.. several.InnerExceptions.Cast<OptionsValidationException>().SelectMany(one => one.Failures)]
            : [.. failure.ShouldBeOfType<OptionsValidationException>().Failures];
    }
}
