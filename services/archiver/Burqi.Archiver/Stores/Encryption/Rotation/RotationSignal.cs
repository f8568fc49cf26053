using Burqi.Archiver.Jobs;

namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>Tells this process's own worker that a rotation is wanted; what other replicas are asked for is found by asking.</summary>
internal sealed class RotationSignal
{
    public JobSignal Bell { get; } = new();
}
