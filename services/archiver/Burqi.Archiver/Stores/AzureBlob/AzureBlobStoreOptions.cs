using Burqi.Archiver.Stores.Parts;
using Burqi.AzureBlob;

namespace Burqi.Archiver.Stores.AzureBlob;

/// <summary>The store in a container of Azure Blob storage. All of it is ignored unless <c>BURQI_STORE</c> or <c>BURQI_FALLBACK_STORE</c> is <c>azure</c>.</summary>
public sealed class AzureBlobStoreOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver:Azure";

    /// <summary>Whether this is a store in use.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// <c>BURQI_AZURE_ENCRYPTION_SCOPE</c>: the encryption scope that objects are written under, which names their key. Default: the
    /// container's own. Azure encrypts every object at rest, with or without it.
    /// </summary>
    public string EncryptionScope { get; set; } = "";

    /// <summary>
    /// Objects up to this size are put in one request, longer ones in blocks of it, or of more where 10 000 blocks would not hold them
    /// otherwise. 1 MiB to 512 MiB. Default 5 MiB.
    /// </summary>
    public int BlockSize { get; set; } = PartSizes.Usual;

    /// <summary>How long one request may take. Default 2 min.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How often a request is sent again at once; after that the recording waits for its next attempt. 0 to 10. Default 3.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>The first wait before a request is sent again; each further one is twice as long. Default 0.8 s.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>The account and its container.</summary>
    internal AzureBlobSettings Azure { get; set; } = new();

    internal string? Scope => EncryptionScope.Length == 0 ? null : EncryptionScope;
}
