namespace Burqi.Catalog.Recordings.Merge;

/// <summary>No one file can be made of these recordings. The message says why, for whoever asked.</summary>
internal sealed class MergeRefusedException(string message) : Exception(message);
