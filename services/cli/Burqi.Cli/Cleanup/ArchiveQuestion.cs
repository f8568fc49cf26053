using Burqi.Cli.Api;
using Burqi.Media.Spool;

namespace Burqi.Cli.Cleanup;

/// <summary>Asks a running Burqi whether a file lies in the store: of recordings whose media node never heard it.</summary>
internal sealed class ArchiveQuestion(BurqiApi api)
{
    private const int NotFound = 404;

    /// <summary>Where it lies, if it is this very file that does; else why nobody can say so.</summary>
    /// <exception cref="ApiException">Burqi could not be asked.</exception>
    public async Task<(ArchivedFacts? Archived, string? WhyNot)> AskAsync(ManifestRecording recording, CancellationToken cancellationToken)
    {
        RecordingAnswer answer;
        try
        {
            answer = await api.GetAsync($"/recordings/{recording.RecordingId:D}", RecordingJsonContext.Default.RecordingAnswer, cancellationToken);
        }
        catch (ApiException exception) when (exception.Status == NotFound)
        {
            return (null, "It is not known to be archived: Burqi has no row of it.");
        }

        var metadata = answer.RecordingMetadata;
        if (IsTheFile(recording, answer.Status, answer.Sha256))
        {
            return (new ArchivedFacts { Sha256 = answer.Sha256!, Store = metadata?.Store, ObjectKey = answer.S3Key, ArchivedAt = metadata?.ArchivedAt }, null);
        }

        // The provider's recording stands in the row in place of our mix, which lies in the store beside it.
        if (IsTheFile(recording, metadata?.LocalStatus, metadata?.LocalSha256))
        {
            return (new ArchivedFacts { Sha256 = metadata!.LocalSha256!, Store = metadata.LocalStore, ObjectKey = metadata.LocalS3Key, ArchivedAt = metadata.LocalArchivedAt }, null);
        }

        return (null, answer.Status == RecordingAnswer.Completed
            ? "What is archived of it is not this file: their checksums differ."
            : $"It is not archived: Burqi says that it is {answer.Status}.");
    }

    private static bool IsTheFile(ManifestRecording recording, string? status, string? sha256) =>
        status == RecordingAnswer.Completed && sha256 is not null && sha256 == recording.Sha256;
}
