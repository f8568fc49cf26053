using Burqi.Catalog.Completeness;
using Burqi.Catalog.Content;
using Burqi.Catalog.Retention;
using Burqi.Catalog.Retention.Policies;
using Microsoft.Extensions.Configuration;

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

    [Theory]
    [InlineData("tape")]
    [InlineData("disk")]
    public void Validate_FallbackThatIsNone_IsRefused(string fallback) =>
        Variables(Failures(new ContentOptions { FallbackStore = fallback })).ShouldBe(["BURQI_FALLBACK_STORE"]);

    [Fact]
    public void Validate_FallbackWithoutItsSettings_NamesThem() =>
        Variables(Failures(new ContentOptions { FallbackStore = "azure" })).ShouldBe(["AZURE_STORAGE_CONTAINER", "AZURE_STORAGE_ACCOUNT"]);

    [Theory]
    [InlineData("yes", null, "BURQI_CONTENT_REDIRECT")]
    [InlineData("true", "5", "BURQI_CONTENT_REDIRECT_SECONDS")]
    [InlineData("true", "3601", "BURQI_CONTENT_REDIRECT_SECONDS")]
    [InlineData(null, "soon", "BURQI_CONTENT_REDIRECT_SECONDS")]
    public void Read_RedirectThatCannotBe_IsRefused(string? redirect, string? seconds, string variable)
    {
        var options = new ContentOptions();
        options.ReadRedirect(redirect, seconds);

        Variables(Failures(options)).ShouldBe([variable]);
    }

    [Fact]
    public void Read_Completeness_TakesNumbersAndNamesWhatIsNone()
    {
        var sound = Completeness(("BURQI_COMPLETENESS_MINUTES", "0.5"), ("BURQI_COMPLETENESS_TOLERANCE_SECONDS", " 3 "), ("BURQI_COMPLETENESS_NO_END_MINUTES", ""));
        new CompletenessOptionsValidator().Validate(null, sound).Succeeded.ShouldBeTrue();
        (sound.Within, sound.Tolerance, sound.NoEnd).ShouldBe((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(3), TimeSpan.FromHours(1)));

        var unsound = Completeness(("BURQI_COMPLETENESS_MINUTES", "-1"), ("BURQI_COMPLETENESS_TOLERANCE_SECONDS", "5s"), ("BURQI_COMPLETENESS_NO_END_MINUTES", "1e9"));
        Variables(new CompletenessOptionsValidator().Validate(null, unsound).Failures!)
            .ShouldBe(["BURQI_COMPLETENESS_MINUTES", "BURQI_COMPLETENESS_TOLERANCE_SECONDS", "BURQI_COMPLETENESS_NO_END_MINUTES"]);
    }

    [Fact]
    public void Read_Retention_TakesPeriodsAndNamesWhatAreNone()
    {
        var sound = Retention(("BURQI_RETENTION", "on"), ("BURQI_RETENTION_DEFAULT", " cool=30, delete=365 "), ("BURQI_RETENTION_INTERVAL_MINUTES", "1.5"));
        new RetentionOptionsValidator().Validate(null, sound).Succeeded.ShouldBeTrue();
        (sound.Mode, sound.Interval).ShouldBe((RetentionMode.On, TimeSpan.FromSeconds(90)));
        sound.Default.ShouldBe(new RetentionPeriods { CoolAfterDays = 30, DeleteAfterDays = 365 });

        var nothing = Retention(("BURQI_RETENTION", ""), ("BURQI_RETENTION_DEFAULT", ""));
        (nothing.Mode, nothing.Default, nothing.Interval).ShouldBe((RetentionMode.DryRun, null, TimeSpan.FromHours(1)));

        var unsound = Retention(("BURQI_RETENTION", "yes"), ("BURQI_RETENTION_DEFAULT", "cool=30"), ("BURQI_RETENTION_INTERVAL_MINUTES", "0"));
        Variables(new RetentionOptionsValidator().Validate(null, unsound).Failures!).ShouldBe(["BURQI_RETENTION", "BURQI_RETENTION_INTERVAL_MINUTES"]);
    }

    [Theory]
    [InlineData("365")]
    [InlineData("delete=0")]
    [InlineData("delete=-1")]
    [InlineData("delete=36501")]
    [InlineData("delete=30,delete=30")]
    [InlineData("delete=30,archive=60")]
    [InlineData("cool=30,archive=30")]
    [InlineData("purge=30")]
    [InlineData("delete=30,")]
    public void Read_RetentionPeriods_ThatMakeNoSense_AreRefused(string text) =>
        Variables(Retention(("BURQI_RETENTION_DEFAULT", text)).Unreadable).ShouldBe(["BURQI_RETENTION_DEFAULT"]);

    private static RetentionOptions Retention(params (string Name, string Value)[] settings)
    {
        var options = new RetentionOptions();
        options.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)))
            .Build());
        return options;
    }

    private static CompletenessOptions Completeness(params (string Name, string Value)[] settings)
    {
        var options = new CompletenessOptions();
        options.Read(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Name, setting.Value)))
            .Build());
        return options;
    }

    private static IEnumerable<string> Failures(CatalogOptions options) => new CatalogOptionsValidator().Validate(null, options).Failures ?? [];

    private static IEnumerable<string> Failures(ContentOptions options) => new ContentOptionsValidator().Validate(null, options).Failures ?? [];

    private static IEnumerable<string> Variables(IEnumerable<string> failures) => failures.Select(failure => failure.Split(' ')[0]);
}
