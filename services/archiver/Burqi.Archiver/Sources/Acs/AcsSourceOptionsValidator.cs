using Burqi.AzureBlob;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Acs;

internal sealed class AcsSourceOptionsValidator(IConfiguration configuration) : IValidateOptions<AcsSourceOptions>
{
    public ValidateOptionsResult Validate(string? name, AcsSourceOptions options)
    {
        var errors = new List<string>(options.Unreadable);
        if (options.UseByos)
        {
            errors.AddRange(AzureBlobSettings.Read(configuration).Problems().Select(problem =>
                problem.Replace("BURQI_STORE=azure", "RECORDING_USE_BYOS", StringComparison.Ordinal)));
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
