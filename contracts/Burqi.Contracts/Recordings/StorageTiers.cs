namespace Burqi.Contracts.Recordings;

/// <summary>How readily an object can be read, which is what its keeping costs.</summary>
public static class StorageTiers
{
    /// <summary>At once; what every object begins in.</summary>
    public const string Hot = "hot";

    /// <summary>At once, at a higher price a read (S3 Standard-IA, Azure Cool).</summary>
    public const string Cool = "cool";

    /// <summary>After hours, once it was asked for (S3 Glacier, Azure Archive).</summary>
    public const string Archive = "archive";
}
