using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Completeness;

internal sealed class CompletenessOptionsValidator : IValidateOptions<CompletenessOptions>
{
    public ValidateOptionsResult Validate(string? name, CompletenessOptions options) =>
        options.Unreadable.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(options.Unreadable);
}
