using Microsoft.Extensions.Logging;

namespace Burqi.Assistants;

/// <summary>What is worth a line when assistants are kept, in each service under event ids of its own: its <c>AssistantEvents</c> says where they begin.</summary>
internal sealed partial class AssistantLog(ILogger<AssistantLog> logger)
{
    [LoggerMessage(AssistantEvents.First, LogLevel.Warning, "The assistants kept on disk could not be read, or not all of them: the rest is known once catalog has told it")]
    public partial void NotRead(Exception exception);

    /// <summary>News of an assistant were taken over.</summary>
    public void Known(string assistantId, long version, bool isDeleted)
    {
        if (isDeleted)
        {
            Deleted(assistantId, version);
        }
        else
        {
            Saved(assistantId, version);
        }
    }

    [LoggerMessage(AssistantEvents.First + 3, LogLevel.Warning, "Assistant {AssistantId} is known, but could not be written to disk: a start without catalog would not know it")]
    public partial void NotKept(string assistantId, Exception exception);

    [LoggerMessage(AssistantEvents.First + 4, LogLevel.Error, "News of an assistant were refused")]
    public partial void Refused(Exception exception);

    [LoggerMessage(AssistantEvents.First + 5, LogLevel.Information, "Catalog was asked to tell its assistants; {Known} are known meanwhile")]
    public partial void Asked(int known);

    [LoggerMessage(AssistantEvents.First + 6, LogLevel.Warning, "Catalog could not be asked to tell its assistants; again in {Pause}")]
    public partial void NotAsked(Exception exception, TimeSpan pause);

    [LoggerMessage(AssistantEvents.First + 1, LogLevel.Information, "Assistant {AssistantId} is known in version {Version}")]
    private partial void Saved(string assistantId, long version);

    [LoggerMessage(AssistantEvents.First + 2, LogLevel.Information, "Assistant {AssistantId} is known to be deleted in version {Version}")]
    private partial void Deleted(string assistantId, long version);
}
