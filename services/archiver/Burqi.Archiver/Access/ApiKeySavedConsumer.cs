using Burqi.Contracts.Access;
using MassTransit;

namespace Burqi.Archiver.Access;

/// <summary>Keeps what catalog tells of a key.</summary>
internal sealed class ApiKeySavedConsumer(KeepKeyCommand keep) : IConsumer<ApiKeySaved>
{
    public Task Consume(ConsumeContext<ApiKeySaved> context) => keep.ExecuteAsync(context.Message, context.CancellationToken);
}
