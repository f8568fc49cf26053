namespace Burqi.Archiver.Stores;

/// <summary>An object that is to be written.</summary>
/// <param name="Key">Its name.</param>
/// <param name="ExpectedSha256">The checksum its content will have, where that is known beforehand.</param>
/// <param name="ExpectedSize">The size its content will have to the byte, where that is known beforehand: less memory is taken for it then.</param>
/// <param name="Metadata">What is kept with it: names of lower-case letters and digits, values of printable ASCII, 1 KiB together.</param>
internal sealed record NewObject(
    ObjectKey Key, string? ExpectedSha256 = null, long? ExpectedSize = null, IReadOnlyDictionary<string, string>? Metadata = null);
