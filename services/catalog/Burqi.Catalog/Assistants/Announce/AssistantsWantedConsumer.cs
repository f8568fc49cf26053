using Burqi.Contracts.Assistants;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>Somebody started and asks for all assistants: they become due, and the announcer tells them.</summary>
internal sealed partial class AssistantsWantedConsumer(RepeatAnnouncementsCommand repeat, AnnouncementBell bell, ILogger<AssistantsWantedConsumer> logger)
    : IConsumer<AssistantsWanted>
{
    public async Task Consume(ConsumeContext<AssistantsWanted> context)
    {
        var count = await repeat.ExecuteAsync(context.CancellationToken);
        bell.Ring();
        Log.Wanted(logger, context.Message.Node, count);
    }

    private static partial class Log
    {
        [LoggerMessage(5050, LogLevel.Information, "{Node} asks for the assistants: {Count} are told again, deleted ones among them")]
        public static partial void Wanted(ILogger logger, string node, int count);
    }
}
