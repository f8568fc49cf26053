namespace Burqi.Archiver.Sources.StoredChannel;

/// <summary>Which channel of which stored recording is wanted.</summary>
/// <param name="ObjectKey">The recording in our store.</param>
/// <param name="FileSize">Its size when it was verified.</param>
/// <param name="Sha256">Its checksum then.</param>
/// <param name="Channel">The channel, from 1.</param>
/// <param name="Store">The store it was put in; null in jobs that were written before there could be two.</param>
internal sealed record StoredChannelDetails(string ObjectKey, long FileSize, string Sha256, int Channel, string? Store = null);
