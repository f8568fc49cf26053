using Burqi.Contracts.Recordings;
using Burqi.Media.Streams;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Control;

/// <summary>
/// Does what is asked of a call's live recordings, at once; then writes it down, with what is to be answered. Every node hears every request:
/// whichever has the call, or comes to have it.
/// </summary>
internal sealed partial class RecordingControlConsumer(LiveRecordings recordings, CallControls controls, ControlBell bell, ILogger<RecordingControlConsumer> logger)
    : IConsumer<RecordingControlRequested>
{
    public Task Consume(ConsumeContext<RecordingControlRequested> context)
    {
        var request = context.Message;
        if (request.Action is not (RecordingControls.Pause or RecordingControls.Resume or RecordingControls.Stop))
        {
            Log.Unknown(logger, request.CallId, request.Action);
            return Task.CompletedTask;
        }

        var answer = recordings.Control(request);
        try
        {
            controls.Keep(request, answer);
        }
        catch (IOException exception)
        {
            // It is done, and answered; only a process that is killed now comes back without knowing it.
            Log.NotKept(logger, request.CallId, exception);
        }

        bell.Ring();
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(3301, LogLevel.Warning, "Call {CallId}: {Action} is nothing that can be done to a recording")]
        public static partial void Unknown(ILogger logger, string callId, string action);

        [LoggerMessage(3302, LogLevel.Error, "What was asked of the recordings of call {CallId} could not be written down")]
        public static partial void NotKept(ILogger logger, string callId, Exception exception);
    }
}
