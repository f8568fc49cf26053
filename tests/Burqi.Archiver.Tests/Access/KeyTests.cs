using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Access;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Access;

/// <summary>Keys that catalog tells of open the archiver's routes, and stop to.</summary>
public sealed class KeyTests : ArchiverTest
{
    private const string Configured = "key-of-the-configuration";

    private readonly string first = Key('a');
    private readonly string second = Key('b');
    private readonly Guid keyId = Guid.NewGuid();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["BURQI_API_KEYS"] = Configured;
    }

    [Fact]
    public async Task Key_AsCatalogTellsOfIt_OpensUntilItIsRevoked()
    {
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<ApiKeysWanted>().Any());
        (await GetAsync(archiver, Configured)).ShouldBe(HttpStatusCode.OK);
        (await GetAsync(archiver, first)).ShouldBe(HttpStatusCode.Unauthorized);

        await archiver.PublishAsync(Saved(1, first));
        await BecomesAsync(archiver, first, HttpStatusCode.OK);

        // Exchanged, the old one good for a while.
        await archiver.PublishAsync(Saved(2, second) with { PreviousKeySha256 = Hash(first), PreviousKeyExpiresAt = DateTimeOffset.UtcNow.AddHours(1) });
        await BecomesAsync(archiver, second, HttpStatusCode.OK);
        (await GetAsync(archiver, first)).ShouldBe(HttpStatusCode.OK);

        await archiver.PublishAsync(Saved(4, second) with { RevokedAt = DateTimeOffset.UtcNow });
        await BecomesAsync(archiver, second, HttpStatusCode.Unauthorized);
        (await GetAsync(archiver, first)).ShouldBe(HttpStatusCode.Unauthorized);

        // What comes late, or once more, does not revive it: another key that is told after it shows that it has been heard.
        await archiver.PublishAsync(Saved(3, second));
        await archiver.PublishAsync(Saved(1, first));
        await archiver.PublishAsync(Saved(1, first) with { KeyId = Guid.NewGuid(), KeySha256 = Hash(Key('c')) });
        await BecomesAsync(archiver, Key('c'), HttpStatusCode.OK);
        (await GetAsync(archiver, second)).ShouldBe(HttpStatusCode.Unauthorized);
        archiver.LogText.ShouldNotContain(second);
    }

    [Fact]
    public async Task Key_WithoutTheScope_Is403()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(Saved(1, first) with { Scopes = "recordings:read recordings:delete assistants:write", Assistants = "front-desk sales", RequestsPerMinute = 1000 });
        await BecomesAsync(archiver, first, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Key_ThatHasExpired_OpensNothing()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(Saved(1, first));
        await BecomesAsync(archiver, first, HttpStatusCode.OK);
        await archiver.PublishAsync(Saved(2, first) with { ExpiresAt = DateTimeOffset.UtcNow.AddSeconds(-1) });
        await BecomesAsync(archiver, first, HttpStatusCode.Unauthorized);
    }

    // 43 characters hold two bits more than 32 bytes: the last one must leave them empty.
    private static string Key(char character) => $"bq_{new string(character, 42)}A";

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    private static Task BecomesAsync(ArchiverHost archiver, string key, HttpStatusCode status) =>
        Eventually.BecomesTrueAsync(async () => await GetAsync(archiver, key) == status);

    private static async Task<HttpStatusCode> GetAsync(ArchiverHost archiver, string key)
    {
        using var client = new HttpClient { BaseAddress = archiver.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await client.GetAsync(new Uri("/archive-jobs?limit=1", UriKind.Relative), TestContext.Current.CancellationToken);

        // Who asks as often as a test does, with a key that is none, is told so.
        return response.StatusCode == HttpStatusCode.TooManyRequests ? HttpStatusCode.Unauthorized : response.StatusCode;
    }

    private ApiKeySaved Saved(long version, string key) => new()
    {
        KeyId = keyId,
        Version = version,
        Name = "night shift",
        KeySha256 = Hash(key),
        Scopes = "admin",
        SavedAt = DateTimeOffset.UtcNow,
    };
}
