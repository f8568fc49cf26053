using System.Globalization;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Completeness;

/// <summary>
/// Whether as much of a call is recorded as there was. A pure function of what is known. An alarm that cries wolf is soon an alarm that nobody
/// hears: where something may be as it was meant to be, it counts as that, and what may still come is waited for.
/// </summary>
internal sealed class CompletenessRule
{
    /// <summary>No call lasts longer than the day that providers allow, and its recordings end with it.</summary>
    public static readonly TimeSpan LongestCall = TimeSpan.FromHours(25);

    /// <summary>
    /// What makes a recording that lasts as long as the call, in the provider's words. Others begin when the other side answers, when a menu comes
    /// to it, or when somebody likes: their length says nothing. Of a recording of which nothing is said ours are believed.
    /// </summary>
    private static readonly string[] OriginsOfWholeCalls = ["StartCallRecordingTwiML", "OutboundAPI", "Trunking"];

    private readonly JudgedCall call;
    private readonly IReadOnlyList<JudgedRecording> recordings;
    private readonly CompletenessOptions options;
    private readonly long toleranceMs;

    private CompletenessRule(JudgedCall call, IReadOnlyList<JudgedRecording> recordings, CompletenessOptions options)
    {
        this.call = call;
        this.recordings = recordings;
        this.options = options;
        toleranceMs = (long)options.Tolerance.TotalMilliseconds;
    }

    public static Judgement Judge(JudgedCall call, IReadOnlyList<JudgedRecording> recordings, CompletenessOptions options) =>
        new CompletenessRule(call, recordings, options).Judge();

    private bool IsOpen => call.Status == CallStatuses.InProgress;

    private Judgement Judge()
    {
        if (Excuse() is { } excuse)
        {
            return Judgement.Complete(excuse);
        }

        if (IsOpen && recordings.Count == 0)
        {
            return Judgement.Nothing;
        }

        // A call that was judged without its end goes on being judged: what is missing may arrive.
        if (IsOpen && call.Completeness != CompletenessStates.Pending)
        {
            return Compare();
        }

        var from = IsOpen ? PresumedEnd() : FirstLook();
        return call.Now < from ? Judgement.Later(from) : Compare();
    }

    /// <summary>Why nothing is expected of the call; null where something is.</summary>
    private string? Excuse() =>
        call.ParentCallId is not null ? "It is a leg of another call, on which the recording lies."
        : call.Status is not (CallStatuses.InProgress or CallStatuses.Completed) ? "It was never answered."
        : call is { Status: CallStatuses.Completed, DurationMs: 0 } ? "It has no length."
        : call.IsRecorded is false ? "The assistant's calls are not recorded."
        : call.IsListed is false ? "The recordings of the assistant's calls are not listed here."
        : null;

    /// <summary>By the provider's time of the end, unless it lies ahead of ours; and not before what was told late had time to be followed.</summary>
    private DateTime FirstLook()
    {
        var ended = call.EndedAt is { } at && at < call.UpdatedAt ? at : call.UpdatedAt;
        return Later(ended.Plus(options.FirstLook), call.UpdatedAt.Plus(options.Grace));
    }

    /// <summary>When a call counts as over of whose end nobody told: a while after the end of what was recorded of it.</summary>
    private DateTime PresumedEnd()
    {
        var lastWord = recordings.Aggregate(call.UpdatedAt, (last, recording) => Later(last, recording.UpdatedAt));
        if (recordings.Any(recording => recording.Status == RecordingStatuses.Recording))
        {
            return lastWord.Plus(LongestCall);
        }

        var lastSound = recordings.Select(recording => recording.End).Max() ?? lastWord;
        return Later(lastWord, lastSound < call.Now ? lastSound : lastWord).Plus(options.NoEnd);
    }

    private Judgement Compare()
    {
        if (!recordings.Any(recording => recording.HasArrived || recording.IsUnderWay || IsYoung(recording)))
        {
            return NothingIsThere();
        }

        var problems = new List<Problem>();
        DateTime? lookAgainAt = null;
        foreach (var type in recordings.GroupBy(recording => recording.Type).OrderBy(type => type.Key, StringComparer.Ordinal))
        {
            CompareType(type.Key, [.. type.Where(recording => recording.Status != RecordingStatuses.Absent)], problems, ref lookAgainAt);
        }

        if (problems.Count > 0)
        {
            var worst = problems.MinBy(problem => problem.RecordedMs)!;
            return new()
            {
                State = CompletenessStates.Incomplete,
                Reason = Sentence(problems.Select(problem => problem.Text)),
                RecordingType = worst.RecordingType,
                RecordedMs = worst.RecordedMs,
                LookAgainAt = lookAgainAt,
            };
        }

        return lookAgainAt is { } later ? Judgement.Later(later)
            : Judgement.Complete(IsOpen ? "Nobody told of its end; its recordings ended long ago." : null);
    }

    private Judgement NothingIsThere()
    {
        if (Expected(isLocal: true) is { } ours && Expected(isLocal: false) is { } providers)
        {
            if (call.LocalStoppedAt is not null && call.ProviderStoppedAt is not null && ours <= toleranceMs && providers <= toleranceMs)
            {
                return Judgement.Complete("Its recording was stopped on purpose.");
            }

            // Somebody tried, and had not the time to hear anything.
            if (recordings.Count > 0 && ours <= toleranceMs && recordings.All(recording => recording.DurationMs is null or 0))
            {
                return Judgement.Complete("It was too short to be recorded.");
            }
        }

        return Judgement.Missing(recordings.Count == 0
            ? "Nothing of the call is recorded, and no recording was heard of."
            : Sentence(recordings.OrderBy(recording => recording.Type, StringComparer.Ordinal).Select(Failure).Distinct().Prepend("nothing of the call is recorded")));
    }

    private void CompareType(string type, List<JudgedRecording> ofType, List<Problem> problems, ref DateTime? lookAgainAt)
    {
        if (ofType.Count == 0)
        {
            return;
        }

        // Further participants come and go as they like.
        var expected = !type.StartsWith(RecordingTypes.Participant, StringComparison.Ordinal) && ofType.Exists(LastsAsLongAsTheCall)
            ? Expected(ofType.Exists(recording => recording.IsLocal))
            : null;
        var arrived = Covered(ofType.Where(recording => recording.HasArrived));
        if (expected is { } whole && arrived >= whole - toleranceMs && (arrived > 0 || !ofType.Exists(recording => recording.DurationMs > 0)))
        {
            return;
        }

        var recorded = Covered(ofType.Where(recording => recording.HasArrived || recording.IsUnderWay));
        if (ofType.Where(IsYoung).ToList() is { Count: > 0 } young)
        {
            lookAgainAt = Earlier(lookAgainAt, young.Min(GivenUpAt));
        }
        else if (ofType.Find(recording => recording.IsAwaited) is { } late)
        {
            problems.Add(new(type, recorded, Failure(late)));
        }
        else if (ofType.Find(recording => recording.Status == RecordingStatuses.Failed) is { } failed)
        {
            problems.Add(new(type, recorded, Failure(failed)));
        }
        else if (expected is { } length && !MayEndBeforeTheCall(ofType))
        {
            // From the provider's recording, and for a moment after it has come, more of this type may be made.
            if (recordings.Where(recording => recording is { Type: RecordingTypes.Provider, IsLocal: false }).Where(IsYoungOrNew).ToList() is { Count: > 0 } source)
            {
                lookAgainAt = Earlier(lookAgainAt, source.Min(recording => recording.IsAwaited ? GivenUpAt(recording) : recording.UpdatedAt.Plus(options.Grace)));
                return;
            }

            problems.Add(new(type, recorded, $"the {type} recording covers {Seconds(recorded)} of {Seconds(length)} s"));
        }
    }

    /// <summary>How much of the call is to be recorded; null where its length is not known.</summary>
    private long? Expected(bool isLocal)
    {
        if (call.DurationMs is not { } duration || call.EndedAt is not { } ended)
        {
            return call.DurationMs;
        }

        var expected = duration;
        if (call.HandedOverAt is { } handedOver && Milliseconds(handedOver - ended.PlusMilliseconds(-duration)) is var before && before > 0)
        {
            // What was said before was said elsewhere.
            expected -= before;
        }

        if ((isLocal ? call.LocalStoppedAt : call.ProviderStoppedAt) is { } stopped && stopped < ended)
        {
            expected -= Milliseconds(ended - stopped);
        }

        return Math.Max(expected, 0);
    }

    private bool LastsAsLongAsTheCall(JudgedRecording recording) => recording.IsLocal || (!options.ProviderTrims && IsOfWholeCall(recording));

    // What was made of a provider's recording is as long as that was.
    private bool IsOfWholeCall(JudgedRecording recording)
    {
        var origin = recording.Origin
            ?? recordings.FirstOrDefault(source => source.Type == RecordingTypes.Provider && source.Sid is not null && source.Sid == recording.Sid)?.Origin;
        return origin is null || OriginsOfWholeCalls.Contains(origin);
    }

    /// <summary>The stream of an assistant ends when it hands the caller on; what comes then is on the provider's recording.</summary>
    private bool MayEndBeforeTheCall(List<JudgedRecording> ofType) =>
        call.AssistantId is not null
        && ofType.TrueForAll(recording => recording.IsLocal)
        && Covered(recordings.Where(IsArrivedFromProvider)) is var covered
        && recordings.Any(IsArrivedFromProvider)
        && (options.ProviderTrims || covered >= Expected(isLocal: false) - toleranceMs);

    private bool IsArrivedFromProvider(JudgedRecording recording) =>
        recording is { Type: RecordingTypes.Provider, IsLocal: false, HasArrived: true } && IsOfWholeCall(recording);

    private bool IsYoung(JudgedRecording recording) => recording.IsAwaited && call.Now < GivenUpAt(recording);

    private bool IsYoungOrNew(JudgedRecording recording) => recording.IsAwaited ? IsYoung(recording) : call.Now < recording.UpdatedAt.Plus(options.Grace);

    /// <summary>
    /// Until when a recording is on its way: it has as long from the last that was heard of it as a call has from its end, but what is heard again
    /// and again does not put the verdict off. One that was first heard of after the verdict has its time from then.
    /// </summary>
    private DateTime GivenUpAt(JudgedRecording recording)
    {
        if (IsOpen)
        {
            return recording.UpdatedAt.Plus(recording.Status == RecordingStatuses.Recording ? LongestCall : options.FirstLook);
        }

        // Where the provider's clock is ahead of ours, ours counts, as it does where the end was told late.
        var verdict = call.UpdatedAt.Plus(options.LastLook);
        if (recording.CreatedAt > verdict)
        {
            verdict = recording.CreatedAt.Plus(options.LastLook);
        }

        return Earlier(recording.UpdatedAt.Plus(options.FirstLook), verdict);
    }

    /// <summary>
    /// The length of the time that lies in any of them, without their gaps, unless another may fill those. Of those whose place is not known the
    /// lengths are added up, and the greater of the two sums counts.
    /// </summary>
    private static long Covered(IEnumerable<JudgedRecording> some)
    {
        long placed = 0;
        long unplaced = 0;
        long gaps = 0;
        var overlap = false;
        DateTime? until = null;
        foreach (var recording in some.OrderBy(recording => recording.StartedAt ?? DateTime.MaxValue))
        {
            if (recording is { StartedAt: { } start, End: { } end })
            {
                overlap |= until > start;
                var from = until > start ? until.Value : start;
                placed += Math.Max(Milliseconds(end - from), 0);
                until = until > end ? until : end;
            }
            else
            {
                unplaced += recording.DurationMs ?? 0;
            }

            gaps += recording.GapMs;
        }

        return Math.Max(Math.Max(placed, unplaced) - (overlap ? 0 : gaps), 0);
    }

    private static string Failure(JudgedRecording recording) => recording.Status switch
    {
        RecordingStatuses.Failed or RecordingStatuses.Absent =>
            $"the {recording.Type} recording is {recording.Status}{(recording.Reason is { } reason ? $" ({reason.TrimEnd('.')})" : "")}",
        RecordingStatuses.Recording => $"the {recording.Type} recording has begun and not ended",
        _ => $"the {recording.Type} recording is still on its way ({recording.Status})",
    };

    private static string Sentence(IEnumerable<string> parts)
    {
        const int Longest = 900;
        var text = string.Join("; ", parts);
        if (text.Length > Longest)
        {
            // Half a character cannot be written down.
            text = text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)] + "…";
        }

        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString("0.#", CultureInfo.InvariantCulture);

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    private static DateTime Earlier(DateTime? one, DateTime other) => one < other ? one.Value : other;

    private sealed record Problem(string RecordingType, long RecordedMs, string Text);
}
