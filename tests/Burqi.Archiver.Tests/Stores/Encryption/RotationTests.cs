using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Encryption;
using Burqi.Archiver.Stores.LocalDisk;
using Burqi.Archiver.Tests.Support;
using Burqi.Testing;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Archiver.Tests.Stores.Encryption;

/// <summary>Keys are exchanged while everything runs, is killed, or is not as it should be.</summary>
public sealed class RotationTests : ArchiverTest
{
    private const string ApiKey = "key-of-the-archivers-tests";
    private const int Recordings = 12;

    private readonly List<(Guid Id, byte[] Content)> _recordings = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["BURQI_API_KEYS"] = ApiKey;
        Settings["Archiver:Rotation:PollInterval"] = "00:00:00.100";
        Settings["Archiver:Rotation:PassInterval"] = "00:00:00.050";
        EncryptionKeys.Set(Settings, "old");
    }

    [Fact]
    public async Task Rotate_AllRecordings_NeedTheNewKeyAloneAndAreTheSame()
    {
        await ArchiveAsync(Recordings);
        var before = await ObjectsAsync();
        EncryptionKeys.Set(Settings, "new", "old");
        await using var archiver = await StartArchiverAsync();

        var rotation = await EndOfAsync(archiver, await AskAsync(archiver));

        Text(rotation, "status").ShouldBe("completed", rotation.ToJsonString());
        (Text(rotation, "key_id"), Number(rotation, "rewrapped"), Number(rotation, "remaining"), Number(rotation, "failed")).ShouldBe(("new", Recordings, 0, 0));
        await ShouldBeReadableWithAsync("new");
        (await ObjectsAsync()).ShouldBe(before);
        (await ScalarAsync<long>("select count(*) from archiver.jobs where encryption_key_id = 'new'")).ShouldBe(Recordings);

        // Once more: there is nothing to do.
        var again = await EndOfAsync(archiver, await AskAsync(archiver));
        Number(again, "rewrapped").ShouldBe(0);
        var list = await GetAsync(archiver, "/encryption-rotations");
        list["items"]!.AsArray().Count.ShouldBe(2);
        Text(list["items"]![1]!, "id").ShouldBe(Text(rotation, "id"));
        list["items"]![1]!["remaining"].ShouldBeNull();
    }

    [Fact]
    public async Task Rotate_RowsThatSayOtherwiseThanTheirObjects_AreNotBelieved()
    {
        await ArchiveAsync(3);
        await ExecuteAsync($"update archiver.jobs set encryption_key_id = null where recording_id = '{_recordings[0].Id}'");
        await ExecuteAsync($"update archiver.jobs set encryption_key_id = 'new' where recording_id = '{_recordings[1].Id}'");
        EncryptionKeys.Set(Settings, "new", "old");
        await using var archiver = await StartArchiverAsync();

        var rotation = await EndOfAsync(archiver, await AskAsync(archiver));

        (Text(rotation, "status"), Number(rotation, "looked_at")).ShouldBe(("completed", 3));
        await ShouldBeReadableWithAsync("new");
        (await ScalarAsync<long>("select count(*) from archiver.jobs where encryption_key_id = 'new' and step = 'archive'")).ShouldBe(3);
    }

    [Fact]
    public async Task Rotate_SomeCannotBe_SaysSoAndDoesThemWhenAskedAgain()
    {
        await ArchiveAsync(2);
        EncryptionKeys.Set(Settings, "lost");
        await ArchiveAsync(1);
        EncryptionKeys.Set(Settings, "new", "old");
        await using (var archiver = await StartArchiverAsync())
        {
            var failed = await EndOfAsync(archiver, await AskAsync(archiver));

            (Text(failed, "status"), Number(failed, "rewrapped"), Number(failed, "failed"), Number(failed, "remaining")).ShouldBe(("failed", 2, 1, 1));
            Text(failed, "error").ShouldContain($"{_recordings[2].Id}");
            Text(failed, "error").ShouldContain("The object is encrypted with key 'lost', which is not configured here");
        }

        EncryptionKeys.Set(Settings, "new", "lost");
        await using var better = await StartArchiverAsync();
        var rotation = await EndOfAsync(better, await AskAsync(better));

        (Text(rotation, "status"), Number(rotation, "rewrapped"), Number(rotation, "remaining")).ShouldBe(("completed", 1, 0));
        await ShouldBeReadableWithAsync("new");
    }

    [Fact]
    public async Task Kill_BeforeItIsWrittenDown_TheNextProcessGoesOn()
    {
        await ArchiveAsync(Recordings);
        EncryptionKeys.Set(Settings, "new", "old");
        await ExecuteAsync($"insert into archiver.encryption_rotations (id, key_id) values ('{Guid.CreateVersion7()}', 'new')");

        // While a row is held, nothing of what was done to the objects can be written down.
        await using (var database = NpgsqlDataSource.Create(Settings["BURQI_DATABASE_URL"]!))
        await using (var connection = await database.OpenConnectionAsync(Cancellation))
        await using (var transaction = await connection.BeginTransactionAsync(Cancellation))
        {
            await using (var hold = new NpgsqlCommand("select 1 from archiver.jobs for update", connection, transaction))
            {
                await hold.ExecuteNonQueryAsync(Cancellation);
            }

            await using var process = await ArchiverProcess.StartAsync(Settings);
            var store = Store("new");
            await Eventually.BecomesTrueAsync(async () => await AreReadableAsync(store), TimeSpan.FromMinutes(2), process.Output);
            await process.KillAsync();

            // What the dead process asked for last would still be done once the rows are free.
            await using var forget = new NpgsqlCommand(
                "select pg_terminate_backend(pid, 30000) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'", connection, transaction);
            await forget.ExecuteNonQueryAsync(Cancellation);
        }

        (await ScalarAsync<long>("select count(*) from archiver.jobs where encryption_key_id = 'old'")).ShouldBe(Recordings);
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<string>("select status from archiver.encryption_rotations") == "completed", TimeSpan.FromMinutes(1));

        (await ScalarAsync<long>("select rewrapped from archiver.encryption_rotations")).ShouldBe(Recordings);
        (await ScalarAsync<long>("select count(*) from archiver.jobs where encryption_key_id = 'new'")).ShouldBe(Recordings);
        await ShouldBeReadableWithAsync("new");
    }

    [Fact]
    public async Task Rotate_ByTwoReplicasAtOnce_CountsEachRecordingOnce()
    {
        await ArchiveAsync(Recordings);
        EncryptionKeys.Set(Settings, "new", "old");
        await using var one = await StartArchiverAsync();
        await using var other = await StartArchiverAsync();

        var asked = await Task.WhenAll(AskAsync(one), AskAsync(other), AskAsync(one));

        foreach (var id in asked.Distinct())
        {
            Text(await EndOfAsync(other, id), "status").ShouldBe("completed");
        }

        (await ScalarAsync<long>("select sum(rewrapped)::bigint from archiver.encryption_rotations")).ShouldBe(Recordings);
        await ShouldBeReadableWithAsync("new");
    }

    [Fact]
    public async Task Rotate_ToYetAnotherKey_TakesThePlaceOfTheFirst()
    {
        await ArchiveAsync(1);
        await ExecuteAsync($"insert into archiver.encryption_rotations (id, key_id) values ('{Guid.CreateVersion7()}', 'key-of-nobody')");
        EncryptionKeys.Set(Settings, "new", "old");
        await using var archiver = await StartArchiverAsync();

        Text(await EndOfAsync(archiver, await AskAsync(archiver)), "status").ShouldBe("completed");

        (await ScalarAsync<string>("select status from archiver.encryption_rotations where key_id = 'key-of-nobody'")).ShouldBe("superseded");
    }

    [Fact]
    public async Task Rotate_AnUploadIsUnderWayUnderTheOldKey_WaitsForItAndLooksAtItToo()
    {
        await ArchiveAsync(3);

        // As if a replica that has the old key for its current one were still at it. It is the first in the order in which they are looked at.
        var first = $"id = (select min(id::text)::uuid from archiver.jobs where step = 'archive')";
        await ExecuteAsync(
            $"update archiver.jobs set status = 'running', lease_id = gen_random_uuid(), lease_owner = 'another', lease_expires_at = now() + interval '1 hour' where {first}");
        EncryptionKeys.Set(Settings, "new", "old");
        await using var archiver = await StartArchiverAsync();

        var asked = await AskAsync(archiver);
        await Eventually.BecomesTrueAsync(async () => Number(await GetAsync(archiver, $"/encryption-rotations/{asked}"), "looked_at") == 2);
        await ExecuteAsync($"update archiver.jobs set status = 'completed', lease_id = null, lease_owner = null, lease_expires_at = null where {first}");
        var rotation = await EndOfAsync(archiver, asked);

        (Text(rotation, "status"), Number(rotation, "rewrapped"), Number(rotation, "remaining")).ShouldBe(("completed", 3, 0));
        await ShouldBeReadableWithAsync("new");
    }

    [Theory]
    [InlineData("POST", "/encryption-rotations", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/encryption-rotations", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/encryption-rotations/0199aa00-0000-7000-8000-000000000000", null, HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/encryption-rotations/0199aa00-0000-7000-8000-000000000000", ApiKey, HttpStatusCode.NotFound)]
    [InlineData("GET", "/encryption-rotations/x", ApiKey, HttpStatusCode.NotFound)]
    [InlineData("POST", "/encryption-rotations", ApiKey, HttpStatusCode.Conflict)]
    public async Task Request_ThatCannotBe_IsRefused(string method, string path, string? key, HttpStatusCode status)
    {
        Settings["BURQI_ENCRYPTION_KEY"] = null;
        Settings["BURQI_ENCRYPTION_KEY_ID"] = null;
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver, key);

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancellation);

        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    private async Task ArchiveAsync(int count)
    {
        await using var archiver = await StartArchiverAsync();
        for (var number = 0; number < count; number++)
        {
            var content = Wav.Create(1000 + (5000 * (number % 2)), seed: _recordings.Count + 1);
            var message = Captured(content) with { CallId = $"CA{_recordings.Count:D32}" };
            Peer.Serve(ContentPath(message.RecordingId), content);
            await archiver.PublishAsync(message);
            _recordings.Add((message.RecordingId, content));
        }

        foreach (var (id, _) in _recordings)
        {
            await JobAsync(id, job => job.Status == JobStatuses.Completed);
        }
    }

    private EncryptedRecordingStore Store(string keyId) =>
        new(new LocalDiskRecordingStore(Options.Create(new LocalDiskStoreOptions { Root = ObjectsFolder }), TimeProvider.System), EncryptionKeys.Ring(keyId));

    private async Task ShouldBeReadableWithAsync(string keyId)
    {
        var store = Store(keyId);
        foreach (var (id, content) in _recordings)
        {
            await StoredObject.VerifyAsync(store, ObjectKey.Parse((await JobAsync(id))!.ObjectKey!), content.Length, Wav.Sha256(content), Cancellation);
        }
    }

    private async Task<bool> AreReadableAsync(EncryptedRecordingStore store)
    {
        try
        {
            foreach (var (id, _) in _recordings)
            {
                await using var opened = await store.OpenReadAsync(ObjectKey.Parse((await JobAsync(id))!.ObjectKey!), Cancellation);
            }

            return true;
        }
        catch (Burqi.Encryption.EncryptionException)
        {
            return false;
        }
    }

    private async Task<string[]> ObjectsAsync() => await Task.WhenAll(StoredFiles()
        .Where(path => !Path.GetFileName(path).StartsWith('.'))
        .Select(async path => $"{path} {Wav.Sha256(await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, path), Cancellation))}"));

    private static HttpClient Client(ArchiverHost archiver, string? key = ApiKey)
    {
        var client = new HttpClient { BaseAddress = archiver.Address };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<string> AskAsync(ArchiverHost archiver)
    {
        using var client = Client(archiver);
        using var response = await client.PostAsync(new Uri("/encryption-rotations", UriKind.Relative), content: null, Cancellation);
        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var id = Text(JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!, "id");
        response.Headers.Location!.ToString().ShouldBe($"/encryption-rotations/{id}");
        return id;
    }

    private static async Task<JsonNode> GetAsync(ArchiverHost archiver, string path)
    {
        using var client = Client(archiver);
        return JsonNode.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation))!;
    }

    private static Task<JsonNode> EndOfAsync(ArchiverHost archiver, string id) => Eventually.ReturnsAsync(
        async () => await GetAsync(archiver, $"/encryption-rotations/{id}") is var rotation && Text(rotation, "status") != "running" ? rotation : null,
        TimeSpan.FromMinutes(1));

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static long Number(JsonNode node, string name) => node[name]!.GetValue<long>();
}
