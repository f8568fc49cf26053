using Burqi.Contracts.Access;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Access.Keys.Announce;

/// <summary>Somebody started and asks for all keys: they become due, and the announcer tells them.</summary>
internal sealed partial class ApiKeysWantedConsumer(KeyNewsCommands news, KeyNewsBell bell, ILogger<ApiKeysWantedConsumer> logger) : IConsumer<ApiKeysWanted>
{
    public async Task Consume(ConsumeContext<ApiKeysWanted> context)
    {
        var count = await news.RepeatAsync(context.CancellationToken);
        bell.Ring();
        Log.Wanted(logger, context.Message.Node, count);
    }

    private static partial class Log
    {
        [LoggerMessage(5227, LogLevel.Information, "{Node} asks for the API keys: {Count} are told again, revoked ones among them")]
        public static partial void Wanted(ILogger logger, string node, int count);
    }
}
