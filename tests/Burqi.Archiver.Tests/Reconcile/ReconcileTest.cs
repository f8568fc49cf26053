using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Identity;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Reconcile;

/// <summary>An archiver whose API can be asked, and the messages that callbacks become.</summary>
public abstract class ReconcileTest : ArchiverTest
{
    protected const string ApiKey = "key-of-the-archivers-tests";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["BURQI_API_KEYS"] = ApiKey;
        Settings["BURQI_RECONCILE_INTERVAL_MINUTES"] = "0";
        Settings["Archiver:Reconcile:PollInterval"] = "00:00:00.100";
        Settings["TWILIO_CHANNEL_MAP"] = "none"; // what is counted are recordings, not their channels
    }

    internal static HttpClient Client(ArchiverHost archiver, string? key = ApiKey)
    {
        var client = new HttpClient { BaseAddress = archiver.Address };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Asks for a run; its id.</summary>
    internal static async Task<string> AskAsync(ArchiverHost archiver, DateTimeOffset from, DateTimeOffset to)
    {
        using var client = Client(archiver);
        using var response = await client.PostAsJsonAsync("/reconciliations", new { provider = "twilio", from, to }, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted, await response.Content.ReadAsStringAsync(Cancellation));
        var run = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        var id = run["id"]!.GetValue<string>();
        response.Headers.Location!.ToString().ShouldBe($"/reconciliations/{id}");
        run["status"]!.GetValue<string>().ShouldBe("running");
        return id;
    }

    internal static async Task<JsonNode> GetAsync(ArchiverHost archiver, string path)
    {
        using var client = Client(archiver);
        return JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation))!;
    }

    internal static Task<JsonNode> EndOfAsync(ArchiverHost archiver, string id) => Eventually.ReturnsAsync(
        async () => await GetAsync(archiver, $"/reconciliations/{id}") is var run && run["status"]!.GetValue<string>() != "running" ? run : null,
        TimeSpan.FromMinutes(1));

    /// <summary>A run to its end.</summary>
    internal static async Task<JsonNode> RunAsync(ArchiverHost archiver, DateTimeOffset from, DateTimeOffset to) => await EndOfAsync(archiver, await AskAsync(archiver, from, to));

    internal static long Count(JsonNode run, string name) => run["counts"]![name]!.GetValue<long>();

    protected static Guid IdOf(string callSid, string recordingSid) => RecordingId.Create(Providers.Twilio, callSid, recordingSid, RecordingTypes.Provider);

    protected Task<long> JobsAsync(string condition = "true") => ScalarAsync<long>($"select count(*) from archiver.jobs where step = 'archive' and ({condition})");
}
