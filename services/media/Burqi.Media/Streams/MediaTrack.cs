namespace Burqi.Media.Streams;

/// <summary>Whose voice a frame carries. The values index per-track arrays.</summary>
internal enum MediaTrack
{
    /// <summary>The party on the call leg: what the provider receives.</summary>
    User = 0,

    /// <summary>The other side: what the provider plays to that party.</summary>
    Assistant = 1,
}
