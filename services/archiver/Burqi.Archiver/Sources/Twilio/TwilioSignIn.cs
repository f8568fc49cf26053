using Burqi.Archiver.ArchiveRecording;
using Burqi.Assistants;
using Burqi.Twilio;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>Decides with what Twilio is asked for a recording: as its assistant says, else by its account, else by default.</summary>
internal sealed class TwilioSignIn(IOptions<TwilioSourceOptions> options, AssistantDirectory assistants)
{
    /// <summary>The credentials, once it is certain that there are any.</summary>
    /// <exception cref="TransferException">There are none. Somebody may add them, so it is worth another try.</exception>
    public TwilioCredentialSet For(string? assistantId, string accountSid)
    {
        var name = assistants.Find(assistantId)?.TwilioCredentials;
        var set = options.Value.Credentials.Choose(name, accountSid)
            ?? throw new TransferException(TransferFailure.SourceRefused, TwilioCredentials.Missing(name!));
        return set.Lack is { } lack ? throw new TransferException(TransferFailure.SourceRefused, lack) : set;
    }

    /// <summary>
    /// Whether another set could turn out to be the right one: an assistant that nothing was heard of yet may name one. What Twilio does not
    /// show to the wrong one is not gone.
    /// </summary>
    public bool MayChange(string? assistantId) => assistantId is not null && options.Value.Credentials.Named.Count > 0 && !assistants.Knows(assistantId);
}
