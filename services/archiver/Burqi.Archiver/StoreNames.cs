namespace Burqi.Archiver;

/// <summary>The values of <c>BURQI_STORE</c>, which are also those of <c>store</c> in RecordingArchived.</summary>
internal static class StoreNames
{
    public const string Disk = "disk";
    public const string S3 = "s3";
    public const string Azure = "azure";
}
