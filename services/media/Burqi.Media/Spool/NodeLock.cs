using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Spool;

/// <summary>
/// Holds the recordings folder for this process as long as it lives. A second process on the same folder would take live recordings for
/// those of a dead one; it waits a little, for a predecessor that is still finalizing, and then does not start.
/// </summary>
internal sealed class NodeLock(ManifestStore store, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private const string FileName = ".lock";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private FileStream? _lock;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(store.Root);
                _lock = new FileStream(Path.Combine(store.Root, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                return;
            }
            catch (UnauthorizedAccessException refused)
            {
                throw Refusal("cannot be written", refused);
            }
            catch (IOException) when (time.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Interval, time, cancellationToken);
            }
            catch (IOException refused)
            {
                throw Refusal("is in use by another process or cannot be written", refused);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The operating system lets go of the lock by itself when the process ends in any other way.</summary>
    public void Dispose() => _lock?.Dispose();

    // The host prints a failed option as one sentence and ends: this one can only be checked by trying.
    private static OptionsValidationException Refusal(string what, Exception cause) =>
        new(nameof(MediaOptions), typeof(MediaOptions), [$"BURQI_RECORDINGS_DIR names a folder that {what} ({cause.GetType().Name})."]);
}
