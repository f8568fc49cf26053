using System.CommandLine;

namespace Burqi.Cli.Jobs;

/// <summary>Which jobs are meant: what is not given is any.</summary>
internal sealed class JobFilterOptions
{
    private readonly Option<string?> _step = new("--step") { Description = "Those of one step: archive, split, move, delete-at-provider, set-tier or delete-recording." };

    private readonly Option<string?> _provider = new("--provider") { Description = "Those of one provider's calls: twilio, acs or livekit." };

    private readonly Option<string?> _store = new("--store") { Description = "Those about what lies in one store: disk, s3 or azure." };

    private readonly Option<string?> _call = new("--call") { Description = "Those of one call, by its id." };

    private readonly Option<string?> _olderThan = new("--older-than") { Description = "Those that have been there for so long: 90s, 15m, 12h or 30d." };

    private Option<string?>[] All => [_step, _provider, _store, _call, _olderThan];

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    public bool IsGiven(ParseResult parsed) => All.Any(option => parsed.GetValue(option) is not null);

    /// <summary>The query of a request, with what else it asks for.</summary>
    public string Query(ParseResult parsed, params (string Name, string? Value)[] more)
    {
        (string Name, string? Value)[] given =
        [
            ("step", parsed.GetValue(_step)), ("provider", parsed.GetValue(_provider)), ("store", parsed.GetValue(_store)),
            ("call_id", parsed.GetValue(_call)), ("older_than", parsed.GetValue(_olderThan)), .. more,
        ];
        var pairs = given.Where(one => one.Value is not null).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}").ToList();
        return pairs.Count == 0 ? "" : "?" + string.Join('&', pairs);
    }
}
