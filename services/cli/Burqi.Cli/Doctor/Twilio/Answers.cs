namespace Burqi.Cli.Doctor.Twilio;

/// <summary>What it means that the public host answered other than Burqi answers.</summary>
internal static class Answers
{
    /// <summary>What stands between, in plain words, and what to do.</summary>
    public static (string What, string Remedy) Explain(PublicAnswer answer) => answer switch
    {
        { Status: 0 } => ($"was not answered: {answer.Told}", "See whether Burqi and the load balancer run, and what their logs say."),
        { Status: >= 300 and < 400 } => ($"leads elsewhere ({answer.Status}, {answer.Told})", "Let CALLBACK_URI_HOST be the address it leads to: Twilio follows a redirect with GET and loses the form."),
        { Status: 401, IsBurqi: true } => ("is answered by Burqi's API, which wants an API key", "The load balancer sends this path to catalog: send /twilio/, /twiml and /recording/status to ingress, /twilio/media-stream and /streams to media."),
        { Status: 401 } => ("wants a login before Burqi is reached", "Let Twilio through without one: Burqi checks its signatures."),
        { Status: 403, IsBurqi: false } => ("is refused (403) by something in front of Burqi", "A firewall, a filter of addresses or a tunnel's own page stands between: let this path through."),
        { Status: 404, IsBurqi: true } => ("reaches a part of Burqi that has no such route (404)", "The load balancer sends this path to the wrong service: send /twilio/, /twiml and /recording/status to ingress, /twilio/media-stream and /streams to media."),
        { Status: 404 } => ("is not found (404), and it is not Burqi that says so", "The load balancer has no rule for this path, or the name leads to another server."),
        { Status: 429 } => ("is limited by something in front of Burqi (429)", "Do not limit Twilio's requests: each call makes several."),
        { Status: 503, IsBurqi: true } => ("is refused by Burqi, which is stopping or full (503)", "See its log and /health/ready."),
        { Status: 502 or 503 or 504 } => ($"does not reach Burqi: the load balancer answers {answer.Status}", "Start Burqi, or correct the address the load balancer has of it."),
        { Status: >= 500, IsBurqi: true } => ($"fails in Burqi ({answer.Status})", "Its log says why."),
        { Status: 413 } => ("is too large for something in front of Burqi (413)", "Allow bodies of 64 KiB."),
        _ => ($"is answered {answer.Status}{(answer.Told is { } by ? $" by {by}" : "")}, as Burqi never answers", "Another server answers under this name: correct DNS or CALLBACK_URI_HOST."),
    };

    /// <summary>One finding for all that were answered alike.</summary>
    public static IEnumerable<Finding> Group(string check, IEnumerable<(string Path, (string What, string Remedy) Explained)> answers) => answers
        .GroupBy(answer => answer.Explained)
        .Select(group => Finding.Error(check, $"{string.Join(", ", group.Select(answer => answer.Path))} {group.Key.What}.", group.Key.Remedy));
}
