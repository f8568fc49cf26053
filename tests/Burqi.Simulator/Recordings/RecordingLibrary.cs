using System.Diagnostics.CodeAnalysis;

namespace Burqi.Simulator.Recordings;

/// <summary>All recordings of the account, newest first.</summary>
internal sealed class RecordingLibrary
{
    private readonly Lock sync = new();
    private readonly List<SimulatedRecording> recordings = [];

    public void Add(SimulatedRecording recording)
    {
        lock (sync)
        {
            recordings.Insert(0, recording);
        }
    }

    public bool TryFind(string recordingSid, [NotNullWhen(true)] out SimulatedRecording? recording)
    {
        lock (sync)
        {
            recording = recordings.Find(r => r.RecordingSid == recordingSid);
            return recording is not null;
        }
    }

    public IReadOnlyList<SimulatedRecording> All()
    {
        lock (sync)
        {
            return [.. recordings];
        }
    }
}
