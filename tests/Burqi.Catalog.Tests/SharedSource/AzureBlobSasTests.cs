using Burqi.AzureBlob;

namespace Burqi.Catalog.Tests.SharedSource;

/// <summary>What Microsoft's own library signs: computed by @azure/storage-blob 12.32.0 (generateBlobSASQueryParameters) from the same values.</summary>
public sealed class AzureBlobSasTests
{
    private const string Key = "YnVycWktc2hhcmVkLWtleS1mb3ItdGVzdC12ZWN0b3JzLTAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJj";

    private static readonly AzureBlobSas Sas = new()
    {
        Account = "burqiacct",
        Container = "recordings",
        Blob = "recordings/2026/01/15/CA1/mixed_1768472430.wav",
        ExpiresOn = new DateTimeOffset(2026, 1, 15, 10, 25, 30, TimeSpan.Zero),
        HttpsOnly = true,
        Version = "2021-12-02",
        CacheControl = "private, no-cache",
        ContentDisposition = "attachment; filename=CA1_mixed_20260115T102030Z.wav; filename*=UTF-8''CA1_mixed_20260115T102030Z.wav",
        ContentType = "audio/wav",
    };

    [Fact]
    public void Sign_ByTheAccountsKey_IsAsMicrosoftSigns() => Parameters(Sas.Sign(Key)).ShouldBe(
        Parameters(
            "sv=2021-12-02&spr=https&se=2026-01-15T10%3A25%3A30Z&sr=b&sp=r&rscc=private%2C%20no-cache"
            + "&rscd=attachment%3B%20filename%3DCA1_mixed_20260115T102030Z.wav%3B%20filename*%3DUTF-8''CA1_mixed_20260115T102030Z.wav&rsct=audio%2Fwav"
            + "&sig=3RPPcpr1eA0qCtnQaffXai0MvrN2ikJilkFb9P372rw%3D"));

    [Fact]
    public void Sign_ByAnIdentitysKey_IsAsMicrosoftSigns()
    {
        var key = new AzureDelegationKey(
            "11111111-2222-3333-4444-555555555555",
            "66666666-7777-8888-9999-000000000000",
            new DateTimeOffset(2026, 1, 15, 10, 0, 0, TimeSpan.Zero),
            new DateTimeOffset(2026, 1, 15, 11, 0, 0, TimeSpan.Zero),
            "b",
            "2021-12-02",
            Key);

        Parameters(Sas.Sign(key)).ShouldBe(
            Parameters(
                "sv=2021-12-02&spr=https&se=2026-01-15T10%3A25%3A30Z&skoid=11111111-2222-3333-4444-555555555555&sktid=66666666-7777-8888-9999-000000000000"
                + "&skt=2026-01-15T10%3A00%3A00Z&ske=2026-01-15T11%3A00%3A00Z&sks=b&skv=2021-12-02&sr=b&sp=r&rscc=private%2C%20no-cache"
                + "&rscd=attachment%3B%20filename%3DCA1_mixed_20260115T102030Z.wav%3B%20filename*%3DUTF-8''CA1_mixed_20260115T102030Z.wav&rsct=audio%2Fwav"
                + "&sig=aYDzQFqkq%2FeNa%2BV6RuN2%2FIo67wKSiNKRCuHU1aVjeco%3D"));
    }

    // Some characters may be encoded or not; what they mean is the same.
    private static IEnumerable<string> Parameters(string query) => query.Split('&').Select(Uri.UnescapeDataString);
}
