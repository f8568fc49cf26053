using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources;

/// <summary>What holds for deleting the copy of any provider.</summary>
internal static class ProviderCopy
{
    /// <summary>
    /// Deletes one. What settings or rights do not allow nobody waits for, unlike when a recording is to be fetched: the copy stays, and whoever
    /// asked is told why.
    /// </summary>
    /// <exception cref="TransferException">It could not be deleted now, or never can be.</exception>
    public static async Task DeleteAsync(Func<Task> delete)
    {
        try
        {
            await delete();
        }
        catch (TransferException exception) when (exception.Failure == TransferFailure.SourceRefused)
        {
            throw new TransferException(TransferFailure.Refused, $"{exception.Message} The provider's copy stays.", exception);
        }
    }
}
