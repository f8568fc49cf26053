using System.Diagnostics;
using System.Globalization;
using System.Text;
using Burqi.Contracts.Recordings;

namespace Burqi.Media.Streams;

/// <summary>Whose track a frame belongs to. A track is made when its first frame comes.</summary>
internal sealed class TrackRoles(bool twoWay, Func<RecordedTrack, TrackTimeline> create)
{
    /// <summary>So many participants have tracks of their own; the providers send at most the four that are loudest at a time.</summary>
    public const int MaxParticipants = 8;

    /// <summary>Those, the assistant of a two-way stream, and what a provider mixed.</summary>
    public const int MaxTracks = MaxParticipants + 2;

    private readonly List<TrackTimeline> _all = [];
    private readonly List<(byte[] Id, TrackTimeline Track)> _participants = [];
    private TrackTimeline? _user;
    private TrackTimeline? _assistant;
    private TrackTimeline? _mixed;
    private int _nextNumber = 3;

    /// <summary>The tracks there are. Not as an interface: going through it must not cost memory.</summary>
    public List<TrackTimeline> All => _all;

    public TrackTimeline User => _user ??= Create(RecordingTypes.User, MediaTrack.User);

    public TrackTimeline Assistant => _assistant ??= Create(RecordingTypes.Assistant, MediaTrack.Assistant);

    /// <summary>The track of a frame; null when there are more participants than tracks.</summary>
    public TrackTimeline? Find(MediaTrack role, ReadOnlySpan<byte> participant) => role switch
    {
        MediaTrack.User => User,
        MediaTrack.Assistant => Assistant,
        _ when participant.IsEmpty && _participants.Count == 0 => Everybody,
        _ => FindParticipant(participant),
    };

    /// <summary>
    /// Gives the participants heard first their roles: a telephone is the user before anybody else is. A bot never is, though it often greets
    /// the caller before it hears a word.
    /// </summary>
    public void Introduce(IReadOnlyList<EarlyFrame> frames)
    {
        var ids = frames.Where(frame => frame.Track == MediaTrack.Participant).Select(frame => frame.Participant).ToArray();
        if ((ids.FirstOrDefault(IsTelephone) ?? ids.FirstOrDefault(id => !IsBot(id))) is { } user)
        {
            FindParticipant(user);
        }

        foreach (var id in ids)
        {
            FindParticipant(id);
        }
    }

    /// <summary>In a two-way stream what comes is the user, and what we send the assistant.</summary>
    private TrackTimeline Everybody => twoWay ? User : _mixed ??= Create(RecordingTypes.Mixed, MediaTrack.Mixed);

    private TrackTimeline? FindParticipant(ReadOnlySpan<byte> id)
    {
        if (_mixed is not null)
        {
            return _mixed;
        }

        foreach (var (known, track) in _participants)
        {
            if (id.SequenceEqual(known))
            {
                return track;
            }
        }

        return _participants.Count == MaxParticipants ? null : Add(id.ToArray());
    }

    private TrackTimeline Add(byte[] id)
    {
        var participant = id.Length == 0 ? null : Encoding.UTF8.GetString(id);
        TrackTimeline track;
        if (_user is null && (twoWay || !IsBot(id)))
        {
            track = _user = Create(RecordingTypes.User, MediaTrack.User, participant);
        }
        else if (_assistant is null && !twoWay && !IsTelephone(id))
        {
            track = _assistant = Create(RecordingTypes.Assistant, MediaTrack.Assistant, participant);
        }
        else
        {
            track = Create(string.Create(CultureInfo.InvariantCulture, $"{RecordingTypes.Participant}{_nextNumber++}"), MediaTrack.Participant, participant);
        }

        _participants.Add((id, track));
        return track;
    }

    private TrackTimeline Create(string name, MediaTrack role, string? participant = null)
    {
        Debug.Assert(_all.Count < MaxTracks, "Every track is one of the participants', the assistant's or everybody's.");
        var track = create(new RecordedTrack(_all.Count, name, role, participant));
        _all.Add(track);
        return track;
    }

    private static bool IsTelephone(byte[] id) => id.AsSpan().StartsWith("4:"u8);

    private static bool IsBot(byte[] id) => id.AsSpan().StartsWith("28:"u8);
}
