namespace Burqi.Archiver.Sources.MediaNode;

/// <summary>Where a media node serves a captured file.</summary>
/// <param name="ContentUrl">The signed URL that it announced.</param>
/// <param name="Node">The node.</param>
internal sealed record MediaNodeDetails(string ContentUrl, string Node);
