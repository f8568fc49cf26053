using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content;

internal sealed class ContentOptionsValidator : IValidateOptions<ContentOptions>
{
    public ValidateOptionsResult Validate(string? name, ContentOptions options)
    {
        var failures = new List<string>(options.Unreadable);
        if (!IsKind(options.Store))
        {
            failures.Add($"BURQI_STORE is '{options.Store}': the catalog reads from 'disk', 's3' or 'azure'.");
        }

        if (options.FallbackStore is { } fallback && (!IsKind(fallback) || fallback == options.Store))
        {
            failures.Add($"BURQI_FALLBACK_STORE is '{fallback}': the catalog reads from a fallback of another kind than the store, 'disk', 's3' or 'azure'.");
        }

        if (options.IsNamed(ContentOptions.S3))
        {
            AddS3Failures(options, failures);
        }

        if (options.IsNamed(ContentOptions.AzureBlobs))
        {
            failures.AddRange(options.Azure.Problems());
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsKind(string store) => store is ContentOptions.Disk or ContentOptions.S3 or ContentOptions.AzureBlobs;

    private static void AddS3Failures(ContentOptions options, List<string> failures)
    {
        if (options.Bucket is null)
        {
            failures.Add("S3_RECORDING_BUCKET is missing: BURQI_STORE is 's3'.");
        }

        if (options.Region is null && options.Endpoint is null)
        {
            failures.Add("S3_RECORDING_REGION is missing: BURQI_STORE is 's3' and AWS_ENDPOINT_URL_S3 names no server.");
        }

        if (options.Endpoint is { } endpoint
            && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)))
        {
            failures.Add("AWS_ENDPOINT_URL_S3 is not an http or https URL.");
        }

        if ((options.AccessKeyId is null) != (options.SecretAccessKey is null))
        {
            failures.Add(options.AccessKeyId is null
                ? "AWS_ACCESS_KEY_ID is missing: AWS_SECRET_ACCESS_KEY is set, and the two go together."
                : "AWS_SECRET_ACCESS_KEY is missing: AWS_ACCESS_KEY_ID is set, and the two go together.");
        }
    }
}
