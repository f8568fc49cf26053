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
    /// The same for deleting one: those of the recording's own account come first, since to those of another Twilio answers of a recording that
    /// is there what it answers of one that is gone.
    /// </summary>
    /// <exception cref="TransferException">There are none.</exception>
    public TwilioCredentialSet ForDeletion(string? assistantId, string accountSid)
    {
        var credentials = options.Value.Credentials;
        var chosen = credentials.Choose(assistants.Find(assistantId)?.TwilioCredentials, accountSid);
        return chosen is { Lack: null } && chosen.IsOf(accountSid)
            ? chosen
            : credentials.All.FirstOrDefault(set => set.Lack is null && set.IsOf(accountSid)) ?? For(assistantId, accountSid);
    }

    /// <summary>
    /// Whether another set could turn out to be the right one: an assistant that nothing was heard of yet may name one. What Twilio does not
    /// show to the wrong one is not gone.
    /// </summary>
    public bool MayChange(string? assistantId) => assistantId is not null && options.Value.Credentials.Named.Count > 0 && !assistants.Knows(assistantId);
}
