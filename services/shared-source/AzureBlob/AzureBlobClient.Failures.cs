using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;

namespace Burqi.AzureBlob;

/// <summary>What each refusal means to an operator, and what to do about it.</summary>
internal sealed partial class AzureBlobClient
{
    // Azure takes no request whose date is further from its own than a quarter of an hour.
    private static readonly TimeSpan LargestClockDifference = TimeSpan.FromMinutes(14);

    private static bool IsMissingBlob(Response response) => CodeOf(response) is null or "BlobNotFound" or "ResourceNotFound";

    private static string? CodeOf(Response response) => response.Headers.TryGetValue("x-ms-error-code", out var code) ? code : null;

    private AzureBlobException Failure(Response response)
    {
        var code = CodeOf(response);
        var word = code is null ? "" : $" {code}";
        return new AzureBlobException($"Azure Blob storage answered {response.Status}{word}: {Meaning(response, code)}.", response.Status, code);
    }

    private AzureBlobException Unreached(Exception exception)
    {
        // After several attempts, the last one speaks for all.
        var last = exception is AggregateException { InnerExceptions: [.., var final] } ? final : exception;
        var meaning = last switch
        {
            AuthenticationFailedException => "this process could not sign in as who it is; it was given neither a key nor a shared access signature, "
                + "and neither a managed identity, a workload identity nor AZURE_CLIENT_ID with its secret was to be had",
            OperationCanceledException => "it did not answer in time",
            InvalidOperationException => "an identity is only shown to an https address",
            _ => $"the connection failed ({Innermost(last).Message.TrimEnd('.')})",
        };
        return new AzureBlobException($"Azure Blob storage at {_account.Endpoint.Authority} was not reached: {meaning}.", 0, code: null, exception);
    }

    private string WrongSecret => _account.Sas is null
        ? $"the key is not one of account '{_account.Name}'"
        : "the shared access signature is not valid for this account and container, or not yet";

    private string Meaning(Response response, string? code) => (response.Status, code) switch
    {
        (403, _) when ClockDifference(response) is { } difference =>
            $"this machine's clock is {Math.Abs((long)difference.TotalMinutes)} minutes {(difference > TimeSpan.Zero ? "ahead of" : "behind")} Azure's, which takes no request dated more than 15 minutes from its own",
        (403, _) when SasExpiry() is { } expired => $"the shared access signature expired at {expired:u}",
        (403, "AuthenticationFailed") => WrongSecret,
        (403, "AuthorizationFailure") => $"{WrongSecret}, or the account's network rules keep this machine out",
        (403, "AuthorizationPermissionMismatch") => _account.Sas is null
            ? "this identity lacks a role on the container (Storage Blob Data Contributor to archive, Storage Blob Data Reader to play)"
            : "the shared access signature lacks a permission (rcw to archive, d to delete, r to play)",
        (403, "AuthorizationProtocolMismatch") => "the shared access signature is for https only, and the address is http",
        (403, "KeyBasedAuthenticationNotPermitted") => "the account takes no account keys: remove AZURE_STORAGE_ACCOUNT_KEY, and give this process an identity with a role on the container",
        (401 or 403, _) => "what Burqi was given does not open the container",
        (404, "ContainerNotFound") => $"container '{_container}' is not in account '{_account.Name}', and Burqi makes none",
        (404, _) => "there is no such thing",
        (409, "BlobImmutableDueToPolicy" or "BlobImmutableDueToLegalHold") => "an object of this name is there and may not be replaced: the container has an immutability policy or a legal hold",
        (409, "BlobArchived" or "BlobBeingRehydrated") => "the object lies in the archive tier, and must be brought back to an online tier first",
        (409, "ContainerBeingDeleted") => $"container '{_container}' is being deleted",
        (409, "ContainerDisabled" or "AccountIsDisabled") => "an administrator has disabled it",
        (409, _) => "the object is in a state that does not allow this",
        (412, "LeaseIdMissing") => "somebody holds a lease on the object, and it may not be replaced until the lease ends",
        (412, _) => "the object was changed in between",
        (400, "InvalidBlockList") => "blocks of this upload are gone, because another upload of the same object ended in between",
        (400, "InvalidHeaderValue" or "UnsupportedHeader") => "it does not know a header or the version it is asked in, and is too old",
        (400, _) => "it did not understand the request",
        (413, _) => "the request is too large for it: make Archiver:Azure:BlockSize smaller",
        (429 or 503, _) => "it is too busy at the moment",
        ( >= 500, _) => "it has a fault of its own at the moment",
        _ => "that was not expected",
    };

    /// <summary>By how much this machine's clock is ahead of the service's, where that is why a request was refused; null where it is not.</summary>
    private TimeSpan? ClockDifference(Response response) =>
        response.Headers.Date is { } date && (_clock.GetUtcNow() - date) is var difference && difference.Duration() > LargestClockDifference ? difference : null;

    private DateTimeOffset? SasExpiry() =>
        _account.Sas is { } sas
        && ExpiryParameter().Match(sas) is { Success: true } match
        && DateTimeOffset.TryParse(
            Uri.UnescapeDataString(match.Groups["time"].Value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var expiry)
        && expiry <= _clock.GetUtcNow()
            ? expiry
            : null;

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;

    [GeneratedRegex(@"(?:^|&)se=(?<time>[^&]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ExpiryParameter();
}
