using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Retention;

internal sealed class RetentionOptionsValidator : IValidateOptions<RetentionOptions>
{
    public ValidateOptionsResult Validate(string? name, RetentionOptions options) =>
        options.Unreadable.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(options.Unreadable);
}
