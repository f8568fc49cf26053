using Amazon.S3.Model;

namespace Burqi.Archiver.Stores.S3;

/// <summary>An object's metadata as S3 has it: ours, and beside it the checksum.</summary>
internal static class S3Metadata
{
    private const string Prefix = "x-amz-meta-";

    public static void Write(MetadataCollection to, IReadOnlyDictionary<string, string>? metadata, string? sha256)
    {
        foreach (var (name, value) in ObjectMetadata.Checked(metadata))
        {
            to[name] = value;
        }

        if (sha256 is not null)
        {
            to[ObjectMetadata.Sha256] = sha256;
        }
    }

    public static IReadOnlyDictionary<string, string> Read(MetadataCollection from) => from.Keys
        .Select(key => (Name: key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? key[Prefix.Length..].ToLowerInvariant() : key, Value: from[key]))
        .Where(entry => entry.Name != ObjectMetadata.Sha256)
        .ToDictionary(entry => entry.Name, entry => entry.Value);
}
