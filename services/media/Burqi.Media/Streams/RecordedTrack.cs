namespace Burqi.Media.Streams;

/// <summary>One voice of a recording.</summary>
/// <param name="Index">Which of the recording's tracks it is, in the order in which they turned up.</param>
/// <param name="Name">The track's name: the <c>recording_type</c> of what becomes of it.</param>
/// <param name="Role">Whose voice it is, as a measurement tells it.</param>
/// <param name="Participant">The provider's id of whoever speaks, where it separates them. Personal data: never logged.</param>
internal sealed record RecordedTrack(int Index, string Name, MediaTrack Role, string? Participant)
{
    /// <summary>That of a block which is not in use.</summary>
    public static readonly RecordedTrack None = new(-1, "", MediaTrack.User, null);
}
