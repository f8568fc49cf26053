using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Media.Cleanup;

/// <summary>Hears which recordings lie in the store. A disk that refuses throws, and the message comes again.</summary>
internal sealed class RecordingArchivedConsumer(ArchiveNotes notes) : IConsumer<RecordingArchived>
{
    public Task Consume(ConsumeContext<RecordingArchived> context)
    {
        notes.Take(context.Message);
        return Task.CompletedTask;
    }
}
