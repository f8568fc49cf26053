using System.Buffers;
using System.Security.Cryptography;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Stores.AzureBlob;
using Burqi.Archiver.Stores.S3;

namespace Burqi.Archiver.Stores;

/// <summary>Whether the store gives back what it was given.</summary>
internal static class StoredObject
{
    private const int BlockSize = 128 * 1024;

    /// <summary>Reads the object whole, and returns when it is what is expected.</summary>
    /// <exception cref="TransferException">It is not (<see cref="TransferFailure.StoreMismatch"/>), or the store cannot tell now.</exception>
    public static async Task VerifyAsync(IRecordingStore store, ObjectKey key, long size, string sha256, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            await using var stored = await AskAsync(() => store.OpenReadAsync(key, cancellationToken), cancellationToken)
                ?? throw new TransferException(TransferFailure.StoreMismatch, "The store does not have the object that it had taken.");
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long there = 0;
            while (await AskAsync(() => stored.Body.ReadAsync(block.AsMemory(0, BlockSize), cancellationToken).AsTask(), cancellationToken) is var read and > 0)
            {
                hash.AppendData(block.AsSpan(0, read));
                there += read;
            }

            if (there != size || Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256)
            {
                throw new TransferException(TransferFailure.StoreMismatch, $"The store gives back {there} bytes that are not the {size} bytes it was given.");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>Whatever goes wrong in the store is its own, and may be over the next time.</summary>
    public static async Task<T> AskAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransferException(TransferFailure.StoreUnavailable, $"The store failed: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// As <see cref="AskAsync{T}"/>, for what takes a right that archiving does not need. A store that denies it is well, and no attempt will
    /// change its mind: whoever runs it has to grant the right, and have the job tried again.
    /// </summary>
    /// <exception cref="TransferException">It is denied, or there is no such object (<see cref="TransferFailure.Refused"/>), or the store failed.</exception>
    public static async Task<T> AskForRightAsync<T>(string right, Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(call, cancellationToken);
        }
        catch (TransferException exception) when (exception.InnerException is { } answer && IsDenial(answer))
        {
            throw new TransferException(TransferFailure.Refused, $"The store denies the right to {right}. It said: {answer.Message}", exception);
        }
        catch (TransferException exception) when (exception.InnerException is FileNotFoundException)
        {
            throw new TransferException(TransferFailure.Refused, "The store does not have the object.", exception);
        }
    }

    /// <inheritdoc cref="AskAsync{T}"/>
    public static Task AskAsync(Func<Task> call, CancellationToken cancellationToken) => AskAsync(
        async () =>
        {
            await call();
            return true;
        },
        cancellationToken);

    private static bool IsDenial(Exception answer) => answer is UnauthorizedAccessException || S3Denial.Is(answer) || AzureBlobDenial.Is(answer);
}
