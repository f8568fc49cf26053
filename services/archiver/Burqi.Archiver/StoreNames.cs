using Microsoft.Extensions.Configuration;

namespace Burqi.Archiver;

/// <summary>The values of <c>BURQI_STORE</c> and <c>BURQI_FALLBACK_STORE</c>, which are also those of <c>store</c> in RecordingArchived.</summary>
internal static class StoreNames
{
    public const string Disk = "disk";
    public const string S3 = "s3";
    public const string Azure = "azure";

    /// <summary>The name of the fallback; null without one.</summary>
    public static string? Fallback(IConfiguration configuration) =>
        string.IsNullOrWhiteSpace(configuration["BURQI_FALLBACK_STORE"]) ? null : configuration["BURQI_FALLBACK_STORE"];

    /// <summary>Whether the settings name this store, as the first or as the fallback.</summary>
    public static bool IsNamed(IConfiguration configuration, string name) => configuration["BURQI_STORE"] == name || Fallback(configuration) == name;
}
