namespace Burqi.Cli.Api;

/// <summary>Burqi was not reached or did not do what was asked; the message is for the operator to read.</summary>
/// <param name="message">One or two sentences.</param>
/// <param name="status">The answer's status; null where there was no answer.</param>
internal sealed class ApiException(string message, int? status = null) : Exception(message)
{
    public int? Status { get; } = status;
}
