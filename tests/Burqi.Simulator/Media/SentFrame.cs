namespace Burqi.Simulator.Media;

/// <summary>A media message that went out.</summary>
/// <param name="Track"><c>inbound</c> or <c>outbound</c>.</param>
/// <param name="Timestamp">Milliseconds from the stream's start.</param>
/// <param name="Chunk">Its number among the media messages.</param>
/// <param name="SequenceNumber">Its number among all messages.</param>
/// <param name="Payload">The mu-law samples.</param>
public sealed record SentFrame(string Track, long Timestamp, long Chunk, long SequenceNumber, ReadOnlyMemory<byte> Payload);
