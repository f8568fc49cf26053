using Burqi.Encryption.AwsKms;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Encryption;

internal static class EncryptionRegistration
{
    /// <summary>Registers the <see cref="KeyRing"/>; settings that make none stop the process at its start.</summary>
    public static IServiceCollection AddEncryptionKeys(this IServiceCollection services)
    {
        services.AddSingleton(provider => EncryptionSettings.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddOptions<Checked>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<Checked>, Validator>();
        return services.AddSingleton(provider => provider.GetRequiredService<EncryptionSettings>()
            .ToKeyRing(arn => AwsKmsKey.Create(arn, provider.GetRequiredService<IConfiguration>())));
    }

    /// <summary>What is validated at the start with everything else.</summary>
    private sealed class Checked;

    private sealed class Validator(EncryptionSettings settings) : IValidateOptions<Checked>
    {
        public ValidateOptionsResult Validate(string? name, Checked options) =>
            settings.Problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(settings.Problems);
    }
}
