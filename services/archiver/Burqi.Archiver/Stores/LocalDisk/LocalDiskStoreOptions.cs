namespace Burqi.Archiver.Stores.LocalDisk;

/// <summary>The store on a local (or mounted) disk.</summary>
public sealed class LocalDiskStoreOptions
{
    /// <summary>The folder that holds all objects. Default <c>{BURQI_DATA_DIR}/objects</c>, and <c>BURQI_DATA_DIR</c> is <c>data</c> by default.</summary>
    public string Root { get; set; } = "";
}
