using Burqi.AzureBlob;

namespace Burqi.Archiver.Tests.SharedSource;

public sealed class AzureBlobSettingsTests
{
    private const string Key = "c2VjcmV0LWtleQ==";

    [Theory]
    [InlineData($"DefaultEndpointsProtocol=https;AccountName=burqi;AccountKey={Key};EndpointSuffix=core.windows.net", "burqi", "https://burqi.blob.core.windows.net/")]
    [InlineData($"accountname=burqi;ACCOUNTKEY={Key}", "burqi", "https://burqi.blob.core.windows.net/")]
    [InlineData($"AccountName=burqi;AccountKey={Key};EndpointSuffix=core.chinacloudapi.cn;", "burqi", "https://burqi.blob.core.chinacloudapi.cn/")]
    [InlineData($"BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;AccountName=devstoreaccount1;AccountKey={Key}", "devstoreaccount1", "http://127.0.0.1:10000/devstoreaccount1")]
    [InlineData($"AccountName=burqi; AccountKey={Key}; BlobEndpoint=https://files.example.com/", "burqi", "https://files.example.com/")]
    public void Parse_WithKey_IsThatAccount(string connectionString, string name, string endpoint)
    {
        var account = AzureBlobAccount.Parse(connectionString);

        (account.Name, account.Endpoint.AbsoluteUri, account.Key, account.Sas).ShouldBe((name, endpoint, Key, null));
    }

    [Fact]
    public void Parse_DevelopmentStorage_IsTheEmulator()
    {
        var account = AzureBlobAccount.Parse("UseDevelopmentStorage=true");

        (account.Name, account.Endpoint.AbsoluteUri).ShouldBe(("devstoreaccount1", "http://127.0.0.1:10000/devstoreaccount1"));
        account.Key.ShouldStartWith("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq");
    }

    [Theory]
    [InlineData("BlobEndpoint=https://burqi.blob.core.windows.net;SharedAccessSignature=sv=2026-04-06&sp=rcw&sig=a%3D")]
    [InlineData("BlobEndpoint=https://burqi.blob.core.windows.net/;SharedAccessSignature=?sv=2026-04-06&sp=rcw&sig=a%3D")]
    [InlineData("AccountName=burqi;SharedAccessSignature=sv=2026-04-06&sp=rcw&sig=a%3D")]
    public void Parse_WithSignature_KeepsItApartFromTheAddress(string connectionString)
    {
        var account = AzureBlobAccount.Parse(connectionString);

        (account.Name, account.Endpoint.AbsoluteUri, account.Key, account.Sas).ShouldBe(("burqi", "https://burqi.blob.core.windows.net/", null, "sv=2026-04-06&sp=rcw&sig=a%3D"));
    }

    [Fact]
    public void Parse_AddressAlone_IsForAnIdentity()
    {
        var account = AzureBlobAccount.Parse("BlobEndpoint=https://burqi.blob.core.usgovcloudapi.net");

        account.ShouldBe(new AzureBlobAccount("burqi", new Uri("https://burqi.blob.core.usgovcloudapi.net"), Key: null, Sas: null));
    }

    [Fact]
    public void Parse_SignatureForAnAddressWithAPath_AccountIsInThePath() =>
        AzureBlobAccount.Parse("BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;SharedAccessSignature=sig=a%3D").Name.ShouldBe("devstoreaccount1");

    [Theory]
    [InlineData("secret", "is not a list of Name=Value pairs with semicolons between them.")]
    [InlineData("AccountName=a;AccountName=b", "names one of its parts twice.")]
    [InlineData("AccountName=secret", "holds neither an AccountKey nor a SharedAccessSignature.")]
    [InlineData($"AccountName=a;AccountKey={Key};SharedAccessSignature=sig=secret", "holds both an AccountKey and a SharedAccessSignature: give one of them.")]
    [InlineData($"AccountKey={Key}", "holds an AccountKey and no AccountName.")]
    [InlineData("AccountName=a;AccountKey=not base64: secret", "holds an AccountKey that is not base64.")]
    [InlineData("AccountName=a;SharedAccessSignature=sv=secret", "holds a SharedAccessSignature without its signature (sig=).")]
    [InlineData("SharedAccessSignature=sig=secret", "holds neither an AccountName nor a BlobEndpoint.")]
    [InlineData($"AccountName=a;AccountKey={Key};BlobEndpoint=ftp://secret", "names a blob service that is not an http or https address.")]
    [InlineData("BlobEndpoint=http://secret", "holds neither an AccountKey nor a SharedAccessSignature, and an identity is only shown to an https address.")]
    [InlineData("UseDevelopmentStorage=false", "holds neither an AccountKey nor a SharedAccessSignature.")]
    public void Problems_ConnectionStringThatIsNone_SaysWhyAndShowsNothing(string connectionString, string why)
    {
        var problem = new AzureBlobSettings { Container = "recordings", ConnectionString = connectionString }.Problems().ShouldHaveSingleItem();

        problem.ShouldBe($"AZURE_STORAGE_CONNECTION_STRING {why}");
        problem.ShouldNotContain("secret");
    }

    [Fact]
    public void Problems_SoundSettings_None()
    {
        new AzureBlobSettings { Container = "recordings", ConnectionString = "UseDevelopmentStorage=true" }.Problems().ShouldBeEmpty();
        new AzureBlobSettings { Container = "abc", ConnectionString = $"AccountName=burqi;AccountKey={Key}", Account = "burqi", AccountKey = Key }.Problems().ShouldBeEmpty();
        new AzureBlobSettings { Container = "my-recordings-2", Account = "burqi", AccountKey = Key }.Problems().ShouldBeEmpty();

        var byIdentity = new AzureBlobSettings { Container = "recordings", Account = "burqi" };
        byIdentity.Problems().ShouldBeEmpty();
        byIdentity.ToAccount().ShouldBe(new AzureBlobAccount("burqi", new Uri("https://burqi.blob.core.windows.net"), Key: null, Sas: null));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Recordings")]
    [InlineData("two--hyphens")]
    [InlineData("-recordings")]
    [InlineData("recordings/other")]
    [InlineData("recordings\n")]
    public void Problems_NoContainersName_IsRefused(string container) =>
        new AzureBlobSettings { Container = container, Account = "burqi" }.Problems().ShouldHaveSingleItem().ShouldStartWith("AZURE_STORAGE_CONTAINER is ");

    [Theory]
    [InlineData(null, null, "AZURE_STORAGE_ACCOUNT is missing")]
    [InlineData("my-account", null, "AZURE_STORAGE_ACCOUNT is 'my-account'")]
    [InlineData("burqi", "secret!", "AZURE_STORAGE_ACCOUNT_KEY is not an account key")]
    public void Problems_WithoutConnectionString_NamesTheVariable(string? account, string? key, string beginning) =>
        new AzureBlobSettings { Container = "recordings", Account = account, AccountKey = key }.Problems().ShouldHaveSingleItem().ShouldStartWith(beginning);

    [Theory]
    [InlineData("other", null, "AZURE_STORAGE_ACCOUNT names another account than AZURE_STORAGE_CONNECTION_STRING: give one of them.")]
    [InlineData(null, "b3RoZXI=", "AZURE_STORAGE_ACCOUNT_KEY is not what opens the account in AZURE_STORAGE_CONNECTION_STRING: give one of them.")]
    public void Problems_TwoAnswersToOneQuestion_AreRefused(string? account, string? key, string sentence) =>
        new AzureBlobSettings { Container = "recordings", ConnectionString = $"AccountName=burqi;AccountKey={Key}", Account = account, AccountKey = key }
            .Problems().ShouldBe([sentence]);
}
