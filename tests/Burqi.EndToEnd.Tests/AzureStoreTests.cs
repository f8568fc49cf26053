using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Hosting.Processes;
using Burqi.Simulator;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>A call whose recordings lie in Azure: archived there, and played from there by range.</summary>
public sealed class AzureStoreTests : IAsyncLifetime
{
    private const string ApiKey = "azure-tests-0123456789abcdef";

    private readonly string folder = TestFolder.Create("azure");
    private readonly int simulatorPort = FreePort.Next();
    private AzureBlobServer azure = null!;
    private string container = "";
    private ServiceProcess burqi = null!;
    private TwilioSimulator twilio = null!;
    private HttpClient api = null!;

    public async ValueTask InitializeAsync()
    {
        azure = await AzureBlobServer.SharedAsync();
        container = await azure.CreateContainerAsync();
        var options = new TwilioSimulatorOptions { AllowLoopback = true, Port = simulatorPort, Speed = 4 };
        burqi = ServiceProcess.Describe("Burqi.AllInOne", folder, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
            ["BURQI_RECORDINGS_DIR"] = Path.Combine(folder, "recordings"),
            ["BURQI_API_KEYS"] = ApiKey,
            ["BURQI_API_REQUESTS_PER_MINUTE"] = "100000", // tests look often
            ["BURQI_STORE"] = "azure",
            ["AZURE_STORAGE_CONTAINER"] = container,
            ["AZURE_STORAGE_CONNECTION_STRING"] = azure.ConnectionString,
            ["TWILIO_ACCOUNT_SID"] = options.AccountSid,
            ["TWILIO_AUTH_TOKEN"] = options.AuthToken,
            ["TWILIO_CALLER_ID"] = "+18005551212",
            ["TWILIO_API_BASE_URL"] = $"http://127.0.0.1:{simulatorPort}",
        });
        twilio = await TwilioSimulator.StartAsync(options with
        {
            VoiceUrl = burqi.Address + "twilio/voice",
            StatusCallback = burqi.Address + "twilio/call-status#rc=5&rp=all",
        });
        await burqi.StartAsync();
        api = new HttpClient { BaseAddress = burqi.Address, Timeout = TimeSpan.FromSeconds(30) };
        api.DefaultRequestHeaders.Authorization = new("Bearer", ApiKey);
    }

    [Fact]
    public async Task Call_StoredInAzure_IsArchivedAndPlayedByRange()
    {
        var call = await twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(6)));

        call.Errors.ShouldBeEmpty();
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, assistant, mixed) = Evidence.Expected(call);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHold(user);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["assistant"])).ShouldHold(assistant);
        Evidence.MixOfOurs(Path.Combine(folder, "recordings"), call.CallSid).ShouldHold(mixed);
        rows.ShouldBeUpgraded();

        Directory.Exists(Path.Combine(folder, "data", "objects")).ShouldBeFalse("nothing goes to the disk store");
        await Eventually.BecomesTrueAsync(async () =>
        {
            // The provider's channels come as files of their own, a moment later; the mix of ours stays beside the provider's.
            var all = await Evidence.RecordingsOfAsync(api, call.CallSid);
            var keys = all.Select(row => row.ObjectKey).Append(rows["mixed"].OwnObjectKey).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
            return all.All(row => row.IsStored) && (await azure.ListAsync(container)).Order(StringComparer.Ordinal).SequenceEqual(keys);
        });
        (await azure.ListAsync(container, uncommitted: true)).ShouldBeEmpty();
        foreach (var row in rows.Values)
        {
            using var stored = await azure.SendAsync(HttpMethod.Get, $"{container}/{row.ObjectKey}");
            var bytes = await stored.Content.ReadAsByteArrayAsync();
            (bytes.LongLength, Convert.ToHexStringLower(SHA256.HashData(bytes))).ShouldBe((row.FileSize!.Value, row.Sha256!));

            using var request = new HttpRequestMessage(HttpMethod.Get, $"/calls/{call.CallSid}/recording/{row.Id}/play");
            request.Headers.Range = new RangeHeaderValue(1000, 4999);
            using var played = await api.SendAsync(request);
            played.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
            played.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes 1000-4999/{bytes.Length}");
            (await played.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[1000..5000]);
        }

        burqi.Log.ShouldNotContain(azure.Key);
        burqi.Log.ShouldNotContain("SharedKey ");
    }

    public async ValueTask DisposeAsync()
    {
        api?.Dispose();
        await burqi.DisposeAsync();
        await twilio.DisposeAsync();
    }
}
