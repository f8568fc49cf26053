using Burqi.Contracts.Recordings;
using Burqi.Ingress.Spool;
using MassTransit;

namespace Burqi.Ingress.Twilio.RecordingControl;

/// <summary>Asks Twilio for what was asked of a call's recordings, and writes down what is to be answered: the spool is its outbox.</summary>
internal sealed class RecordingControlConsumer(TwilioRecordingControl control, EventSpool spool) : IConsumer<RecordingControlRequested>
{
    public async Task Consume(ConsumeContext<RecordingControlRequested> context)
    {
        if (await control.ExecuteAsync(context.Message, context.CancellationToken) is { } answer)
        {
            // A disk that refuses throws: the message comes again, and what was done is known by then.
            await Task.Run(() => spool.Append(SpooledEvent.From(answer, System.Diagnostics.Activity.Current?.Id)), context.CancellationToken);
        }
    }
}
