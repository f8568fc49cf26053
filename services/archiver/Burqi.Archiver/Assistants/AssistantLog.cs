using Burqi.Assistants;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Assistants;

internal sealed partial class AssistantLog(ILogger<AssistantLog> logger) : IAssistantLog
{
    [LoggerMessage(4100, LogLevel.Warning, "The assistants kept on disk could not be read, or not all of them: the rest is known once catalog has told it")]
    public partial void NotRead(Exception exception);

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

    [LoggerMessage(4103, LogLevel.Warning, "Assistant {AssistantId} is known, but could not be written to disk: a start without catalog would not know it")]
    public partial void NotKept(string assistantId, Exception exception);

    [LoggerMessage(4104, LogLevel.Error, "News of an assistant were refused")]
    public partial void Refused(Exception exception);

    [LoggerMessage(4105, LogLevel.Information, "Catalog was asked to tell its assistants; {Known} are known meanwhile")]
    public partial void Asked(int known);

    [LoggerMessage(4106, LogLevel.Warning, "Catalog could not be asked to tell its assistants; again in {Pause}")]
    public partial void NotAsked(Exception exception, TimeSpan pause);

    [LoggerMessage(4101, LogLevel.Information, "Assistant {AssistantId} is known in version {Version}")]
    private partial void Saved(string assistantId, long version);

    [LoggerMessage(4102, LogLevel.Information, "Assistant {AssistantId} is known to be deleted in version {Version}")]
    private partial void Deleted(string assistantId, long version);
}
