using System.Collections.Concurrent;
using Burqi.Access;
using Burqi.Audio;
using Burqi.Catalog.Content;
using Burqi.Catalog.Recordings.Get;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Recordings.Merge;

/// <summary>Reads the recordings of a merged file where they lie.</summary>
internal sealed class MergeContents(RecordingContents contents, GetRecordingQuery getRecording)
{
    private const int MostRemembered = 10_000;

    // A player asks for many ranges, and a file with this checksum will not change: its header is read once.
    private readonly ConcurrentDictionary<string, WavLayout> layouts = new(StringComparer.Ordinal);

    /// <summary>What a recording's file says of its samples; null when it is no WAV file.</summary>
    /// <exception cref="FileNotFoundException">It is not in the store as it was archived.</exception>
    public async Task<WavLayout?> LayoutAsync(Recording recording, CancellationToken cancellationToken)
    {
        if (layouts.TryGetValue(recording.Sha256!, out var known))
        {
            return known;
        }

        var start = new byte[(int)Math.Min(WavLayout.LongestHeader, recording.FileSize!.Value)];
        await using (var opened = await OpenAsync(recording, 0, start.Length, cancellationToken))
        {
            await opened.Stream.ReadExactlyAsync(start, cancellationToken);
        }

        if (WavLayout.Read(start) is not { } layout)
        {
            return null;
        }

        if (layouts.Count >= MostRemembered)
        {
            layouts.Clear();
        }

        layouts[recording.Sha256!] = layout;
        return layout;
    }

    /// <summary>Opens a part of a recording. What is not where its row said may have been moved to another store since: its row is asked once more.</summary>
    /// <exception cref="FileNotFoundException">It is not in the store as it was archived.</exception>
    public async Task<OpenedContent> OpenAsync(Recording recording, long offset, long length, CancellationToken cancellationToken) =>
        await TryOpenAsync(recording, offset, length, cancellationToken)
        ?? (await getRecording.ExecuteAsync(recording.Id, Caller.Burqi, cancellationToken) is { Status: RecordingStatuses.Completed } now && now.Sha256 == recording.Sha256
            ? await TryOpenAsync(now, offset, length, cancellationToken)
            : null)
        ?? throw new FileNotFoundException($"The audio of recording {recording.Id} is not in the store as it was archived.");

    private async Task<OpenedContent?> TryOpenAsync(Recording recording, long offset, long length, CancellationToken cancellationToken)
    {
        var opened = await contents.Of(recording).OpenAsync(recording.S3Key!, offset, length, cancellationToken);
        if (opened is null || opened.ObjectSize == recording.FileSize)
        {
            return opened;
        }

        await opened.DisposeAsync();
        return null;
    }
}
