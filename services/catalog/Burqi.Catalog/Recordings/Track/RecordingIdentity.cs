namespace Burqi.Catalog.Recordings.Track;

/// <summary>What a recording is, once and for all. Messages that agree on the id must agree on the rest.</summary>
internal sealed record RecordingIdentity(Guid Id, string CallId, string Provider, string RecordingSource, string RecordingType);
