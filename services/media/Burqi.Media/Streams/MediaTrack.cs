namespace Burqi.Media.Streams;

/// <summary>Whose voice a frame carries, as far as the provider says.</summary>
internal enum MediaTrack
{
    /// <summary>The party on the call leg: what the provider receives.</summary>
    User = 0,

    /// <summary>The other side: what the provider plays to that party.</summary>
    Assistant,

    /// <summary>Everybody, mixed by the provider.</summary>
    Mixed,

    /// <summary>One of several parties, told by an id.</summary>
    Participant,
}
