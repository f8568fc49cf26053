using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Sources.Twilio;
using Burqi.Contracts;
using Burqi.Twilio;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Reconcile.Twilio;

/// <summary>
/// Twilio's list of an account's recordings. It comes in pages, each of which names the next by a path of Twilio's own: only its query is
/// taken, and only where it names the very list that was asked for, since the credentials go with it.
/// </summary>
internal sealed partial class TwilioRecordings(
    RecordingDownload download,
    TwilioAccountsQuery accounts,
    TwilioSignIn signIn,
    IOptions<TwilioSourceOptions> twilio,
    IOptions<ReconcileOptions> options) : IProviderRecordings
{
    private const string Speaker = "Twilio";
    private const string ApiVersion = "/2010-04-01";
    private const string DateFormat = "yyyy-MM-dd";
    private const int LargestPage = 16 * 1024 * 1024; // several times what a thousand recordings take
    private const int LargestCall = 64 * 1024;

    // How long ago a file of an account must have been fetched for its list to be asked for, where no credentials name the account itself.
    private static readonly TimeSpan RecentlyFetched = TimeSpan.FromDays(7);

    public string Provider => Providers.Twilio;

    public string? Lack => CredentialSets.Count > 0 ? null : twilio.Value.Credentials.Default.Lack;

    private IReadOnlyList<TwilioCredentialSet> CredentialSets => [.. twilio.Value.Credentials.All.Where(set => set.Lack is null)];

    /// <summary>The API's address up to its version, with which each path of Twilio's begins.</summary>
    private string Root
    {
        get
        {
            var host = twilio.Value.ApiBaseUrl.TrimEnd('/');
            return host.EndsWith(ApiVersion, StringComparison.Ordinal) ? host[..^ApiVersion.Length] : host;
        }
    }

    /// <summary>Those that credentials are given for, and those whose recordings were fetched of late, such as subaccounts.</summary>
    public async Task<IReadOnlyList<ProviderAccount>> AccountsAsync(CancellationToken cancellationToken)
    {
        var known = CredentialSets.Select(set => set.AccountSid.Length > 0
            ? new ProviderAccount(set.AccountSid, set.ToString())
            : new ProviderAccount("", set.ToString(), $"{set.Variable("ACCOUNT_SID")} is missing: an API key alone does not say whose recordings are to be listed."));
        var fetched = await accounts.ExecuteAsync(RecentlyFetched, cancellationToken);
        return
        [
            .. known
                .Concat(fetched.Select(Fetched))
                .DistinctBy(account => account.AccountId, StringComparer.OrdinalIgnoreCase),
        ];
    }

    public async Task<ListedPage> ListAsync(ProviderAccount account, DateTimeOffset from, DateTimeOffset to, string? next, CancellationToken cancellationToken)
    {
        // Days, in GMT, of a recording's beginning. Whether the last day itself is among them is read differently: one more is asked for.
        var query = next ?? string.Create(
            CultureInfo.InvariantCulture,
            $"?DateCreated%3E={from.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture)}&DateCreated%3C={to.UtcDateTime.AddDays(1).ToString(DateFormat, CultureInfo.InvariantCulture)}&PageSize={options.Value.PageSize}");
        var list = ListPath(account);
        var page = await GetAsync(account, list, query, LargestPage, TwilioListJsonContext.Default.TwilioRecordingPage, cancellationToken)
            ?? throw new TransferException(TransferFailure.SourceRefused, $"Twilio does not know the account {account.AccountId}, or {Credentials(account).SignsInWith} may not see it (404).");
        if (page.Recordings is null)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, "Twilio answered with a page that is none.");
        }

        var recordings = page.Recordings.Select(entry => Read(entry, account.AccountId)).ToList();
        return new ListedPage(
            [.. recordings.OfType<ListedRecording>()],
            page.NextPageUri is { Length: > 0 } uri ? QueryOf(uri, list) : null,
            recordings.Count(recording => recording is null));
    }

    public async Task<ListedCall> GetCallAsync(ProviderAccount account, string callId, CancellationToken cancellationToken)
    {
        // A recording of a conference belongs to no call alone.
        if (!CallSidPattern().IsMatch(callId))
        {
            return new ListedCall(IsOver: true, null, null);
        }

        var call = await GetAsync(
            account, $"{ApiVersion}/Accounts/{account.AccountId}/Calls/{callId}.json", "", LargestCall, TwilioListJsonContext.Default.TwilioListedCall, cancellationToken);
        return call?.ToListed(account.AccountId, callId) ?? new ListedCall(IsOver: true, null, null);
    }

    /// <summary>An entry of the list; null where it cannot be read.</summary>
    private static ListedRecording? Read(JsonElement entry, string account)
    {
        try
        {
            return entry.Deserialize(TwilioListJsonContext.Default.TwilioListedRecording)?.ToListed(account);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no Unicode.
            return null;
        }
    }

    private static string ListPath(ProviderAccount account) => $"{ApiVersion}/Accounts/{account.AccountId}/Recordings.json";

    /// <summary>The query of the next page's address, once that is the list's own: no other place is ever given the credentials.</summary>
    private string QueryOf(string nextPage, string list)
    {
        var root = new Uri(Root);
        if (!Uri.TryCreate(root, nextPage, out var next)
            || Uri.Compare(next, root, UriComponents.SchemeAndServer | UriComponents.UserInfo, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) != 0
            || next.AbsolutePath != list
            || next.Query.Length == 0)
        {
            throw new TransferException(TransferFailure.SourceRefused, "Twilio named a next page that is not of the same list: it is not asked for.");
        }

        return next.Query;
    }

    /// <summary>What an address answers; null for 404.</summary>
    private async Task<T?> GetAsync<T>(ProviderAccount account, string path, string query, int largest, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!AccountSidPattern().IsMatch(account.AccountId))
        {
            throw new TransferException(TransferFailure.Refused, account.Lack ?? "The account is not one of Twilio's.");
        }

        var credentials = Credentials(account);
        using var response = await download.GetAsync(new Uri(Root + path + query), credentials.Authorization(), maxRedirects: 0, cancellationToken);
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                break;
            case HttpStatusCode.NotFound:
                return null;
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                throw new TransferException(TransferFailure.SourceRefused, $"Twilio did not accept {credentials.SignsInWith} ({(int)response.StatusCode}).");
            case HttpStatusCode.BadRequest:
                throw new TransferException(TransferFailure.SourceRefused, "Twilio did not understand what it was asked for (400).");
            default:
                throw download.Failure(response, Speaker);
        }

        await using var content = await download.OpenBodyAsync(response, cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (await content.Body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (body.Length + read > largest)
            {
                throw new TransferException(TransferFailure.SourceUnavailable, $"Twilio answered with more than {largest / 1024} KiB.");
            }

            body.Write(buffer, 0, read);
        }

        try
        {
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, "Twilio answered with something that cannot be read.", exception);
        }
    }

    private ProviderAccount Fetched(FetchedAccount fetched)
    {
        try
        {
            return new ProviderAccount(fetched.AccountId, signIn.For(fetched.AssistantId, fetched.AccountId).ToString(), AssistantId: fetched.AssistantId);
        }
        catch (TransferException exception)
        {
            return new ProviderAccount(fetched.AccountId, "", exception.Message);
        }
    }

    private TwilioCredentialSet Credentials(ProviderAccount account) => signIn.For(account.AssistantId, account.AccountId);

    [GeneratedRegex(@"\AAC[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AccountSidPattern();

    [GeneratedRegex(@"\ACA[0-9a-fA-F]{32}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CallSidPattern();
}
