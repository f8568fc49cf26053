using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Hosting.Options;

/// <summary>Everything that is wrong with the configuration, found before anything starts.</summary>
internal sealed class ConfigurationErrors(IReadOnlyList<string> ownErrors)
{
    /// <summary>Hosting's own errors first, then those of every options class registered with <c>ValidateOnStart</c>.</summary>
    public IReadOnlyList<string> Collect(IServiceProvider services)
    {
        var errors = new List<string>(ownErrors);
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException exception)
        {
            errors.AddRange(exception.Failures);
        }
        catch (AggregateException exception) when (exception.InnerExceptions.All(inner => inner is OptionsValidationException))
        {
            errors.AddRange(exception.InnerExceptions.Cast<OptionsValidationException>().SelectMany(inner => inner.Failures));
        }

        return [.. errors.Distinct(StringComparer.Ordinal)];
    }
}
