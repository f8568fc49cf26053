namespace Burqi.Catalog.Content;

/// <summary>The object is there, and its store does not read it: it lies in an archive tier, and was not taken out of there.</summary>
internal sealed class ContentArchivedException(string objectKey, Exception? inner = null) : Exception($"Object {objectKey} lies in the archive tier of its store.", inner);
