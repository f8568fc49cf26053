using System.Runtime.ExceptionServices;
using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Stores;

/// <summary>
/// The stores that are set up: the one that recordings belong in and, where there is one, the fallback that takes them while it refuses.
/// </summary>
internal sealed class RecordingStores(IRecordingStore primary, IRecordingStore? fallback = null)
{
    public IRecordingStore Primary => primary;

    public IRecordingStore? Fallback => fallback;

    public IEnumerable<IRecordingStore> All => fallback is null ? [primary] : [primary, fallback];

    /// <summary>
    /// Opens an object where it is said to lie or, for it may have been moved since, in the other store; null when it is in neither. A store that
    /// fails is no matter while the other has it.
    /// </summary>
    public async Task<OpenedObject?> OpenReadAsync(string? name, ObjectKey key, CancellationToken cancellationToken)
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var store in All.OrderBy(store => store.Name != name))
        {
            try
            {
                if (await store.OpenReadAsync(key, cancellationToken) is { } opened)
                {
                    return opened;
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        failure?.Throw();
        return null;
    }

    /// <summary>The store of that name; what was written down before stores had names lies in the first.</summary>
    /// <exception cref="TransferException">It is not set up (any more).</exception>
    public IRecordingStore Named(string? name) => name is null ? primary : All.FirstOrDefault(store => store.Name == name)
        ?? throw new TransferException(
            TransferFailure.StoreUnavailable, $"The recording lies in store {name}, which neither BURQI_STORE nor BURQI_FALLBACK_STORE names.");
}
