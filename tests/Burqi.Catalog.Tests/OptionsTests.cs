using Burqi.Catalog.Content;

namespace Burqi.Catalog.Tests;

public sealed class OptionsTests
{
    private const string Database = "Host=localhost;Database=burqi";
    private const string Key = "0123456789abcdef";

    [Fact]
    public void Validate_Sound_IsAccepted()
    {
        Failures(new CatalogOptions { DatabaseUrl = Database, ApiKeys = [Key] }).ShouldBeEmpty();
        Failures(new ContentOptions()).ShouldBeEmpty();
        Failures(new ContentOptions { Store = "s3", Bucket = "b", Region = "eu-central-1" }).ShouldBeEmpty();
        Failures(new ContentOptions { Store = "s3", Bucket = "b", Endpoint = "http://127.0.0.1:9000", AccessKeyId = "a", SecretAccessKey = "s" }).ShouldBeEmpty();
    }

    [Fact]
    public void Validate_NothingSet_NamesEveryMissingVariable() =>
        Variables(Failures(new CatalogOptions())).ShouldBe(["BURQI_DATABASE_URL", "BURQI_API_KEYS"]);

    [Theory]
    [InlineData("secret")]
    [InlineData("0123456789abcde")]
    [InlineData("0123456789abcdef ghi")]
    [InlineData("0123456789abcdefé")]
    public void Validate_UnfitKey_IsRefusedWithoutBeingShown(string key)
    {
        var failure = Failures(new CatalogOptions { DatabaseUrl = Database, ApiKeys = [Key, key] }).ShouldHaveSingleItem();
        failure.ShouldStartWith("BURQI_API_KEYS holds a key (number 2)");
        failure.ShouldNotContain(key);
    }

    [Theory]
    [InlineData("no connection string; password=secret-1")]
    [InlineData("Nonsense=secret-1")]
    [InlineData("Database=secret-1")]
    public void Validate_NoConnectionString_IsRefusedWithoutBeingShown(string url)
    {
        var failure = Failures(new CatalogOptions { DatabaseUrl = url, ApiKeys = [Key] }).ShouldHaveSingleItem();
        failure.ShouldStartWith("BURQI_DATABASE_URL");
        failure.ShouldNotContain("secret-1");
    }

    [Fact]
    public void Validate_S3WithNothing_NamesEveryMissingVariable()
    {
        Variables(Failures(new ContentOptions { Store = "s3" })).ShouldBe(["S3_RECORDING_BUCKET", "S3_RECORDING_REGION"]);
        Variables(Failures(new ContentOptions { Store = "s3", Bucket = "b", Endpoint = "ftp://x", AccessKeyId = "a" }))
            .ShouldBe(["AWS_ENDPOINT_URL_S3", "AWS_SECRET_ACCESS_KEY"]);
        Variables(Failures(new ContentOptions { Store = "s3", Bucket = "b", Region = "r", SecretAccessKey = "a" })).ShouldBe(["AWS_ACCESS_KEY_ID"]);
    }

    [Fact]
    public void Validate_AzureWithNothing_NamesEveryMissingVariable()
    {
        Variables(Failures(new ContentOptions { Store = "azure" })).ShouldBe(["AZURE_STORAGE_CONTAINER", "AZURE_STORAGE_ACCOUNT"]);
        Failures(new ContentOptions { Store = "azure", Azure = new() { Container = "recordings", ConnectionString = "UseDevelopmentStorage=true" } }).ShouldBeEmpty();
        Failures(new ContentOptions { Store = "azure", Azure = new() { Container = "recordings", Account = "burqi" } }).ShouldBeEmpty();
    }

    [Fact]
    public void Validate_UnknownStore_IsRefused() => Variables(Failures(new ContentOptions { Store = "tape" })).ShouldBe(["BURQI_STORE"]);

    private static IEnumerable<string> Failures(CatalogOptions options) => new CatalogOptionsValidator().Validate(null, options).Failures ?? [];

    private static IEnumerable<string> Failures(ContentOptions options) => new ContentOptionsValidator().Validate(null, options).Failures ?? [];

    private static IEnumerable<string> Variables(IEnumerable<string> failures) => failures.Select(failure => failure.Split(' ')[0]);
}
