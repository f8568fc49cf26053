using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Parts;

internal sealed class PartOptionsValidator : IValidateOptions<PartOptions>
{
    public ValidateOptionsResult Validate(string? name, PartOptions options) =>
        options.Unreadable.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(options.Unreadable);
}
