using Microsoft.Extensions.Options;

namespace Burqi.BusProcess;

internal sealed class BusProcessOptions
{
    public string? HangOnStop { get; set; }
}

internal sealed class BusProcessOptionsValidator : IValidateOptions<BusProcessOptions>
{
    public ValidateOptionsResult Validate(string? name, BusProcessOptions options) =>
        options.HangOnStop is null or "true" or "false"
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(["BUSPROCESS_HANG_ON_STOP is neither true nor false.", "BUSPROCESS_HANG_ON_STOP says so twice."]);
}
