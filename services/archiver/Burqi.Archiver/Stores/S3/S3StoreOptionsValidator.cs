using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.S3;

internal sealed class S3StoreOptionsValidator : IValidateOptions<S3StoreOptions>
{
    private const int SmallestPart = 5 * 1024 * 1024;
    private const int LargestPart = 512 * 1024 * 1024;
    private const int MostRetries = 10;
    private const string Kms = "aws:kms";

    public ValidateOptionsResult Validate(string? name, S3StoreOptions options)
    {
        if (!options.Enabled)
        {
            return ValidateOptionsResult.Skip;
        }

        var errors = new List<string>(options.Unreadable);
        if (string.IsNullOrWhiteSpace(options.Bucket))
        {
            errors.Add("S3_RECORDING_BUCKET is missing: BURQI_STORE=s3 needs the bucket that keeps the recordings.");
        }

        if (string.IsNullOrWhiteSpace(options.EndpointUrl))
        {
            if (string.IsNullOrWhiteSpace(options.Region))
            {
                errors.Add("S3_RECORDING_REGION is missing: Amazon S3 needs the bucket's region (or AWS_ENDPOINT_URL_S3 names another server).");
            }
        }
        else if (!Uri.TryCreate(options.EndpointUrl, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            errors.Add("AWS_ENDPOINT_URL_S3 is not an absolute http or https URL.");
        }

        if (string.IsNullOrWhiteSpace(options.AccessKeyId) != string.IsNullOrWhiteSpace(options.SecretAccessKey))
        {
            errors.Add(string.IsNullOrWhiteSpace(options.AccessKeyId)
                ? "AWS_ACCESS_KEY_ID is missing: AWS_SECRET_ACCESS_KEY is set, and neither is of use without the other."
                : "AWS_SECRET_ACCESS_KEY is missing: AWS_ACCESS_KEY_ID is set, and neither is of use without the other.");
        }

        if (options.PartSize is < SmallestPart or > LargestPart)
        {
            errors.Add($"{S3StoreOptions.Section}:PartSize is {options.PartSize}: give from {SmallestPart} to {LargestPart} bytes.");
        }

        if (options.ServerSideEncryption is not (S3StoreOptions.NoEncryption or "AES256" or Kms))
        {
            errors.Add($"BURQI_S3_SERVER_SIDE_ENCRYPTION is '{options.ServerSideEncryption}': give none, AES256 or aws:kms.");
        }
        else if (options.EncryptionKey is not null && options.ServerSideEncryption != Kms)
        {
            errors.Add("BURQI_S3_KMS_KEY_ID is set, but BURQI_S3_SERVER_SIDE_ENCRYPTION is not aws:kms: no key of KMS would be used.");
        }

        if (options.Retries is < 0 or > MostRetries)
        {
            errors.Add($"{S3StoreOptions.Section}:Retries is {options.Retries}: give a number from 0 to {MostRetries}.");
        }

        if (options.RequestTimeout <= TimeSpan.Zero)
        {
            errors.Add($"{S3StoreOptions.Section}:RequestTimeout must be more than 0.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
