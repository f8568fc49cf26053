namespace Burqi.AzureBlob;

/// <summary>The blob service refused, failed or was not reached. The message is one sentence for an operator, without key, signature or query.</summary>
internal sealed class AzureBlobException(string message, int status, string? code, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The status of the answer; 0 when there was none.</summary>
    public int Status { get; } = status;

    /// <summary>Azure's word for it, such as <c>ContainerNotFound</c>; some answers have none.</summary>
    public string? Code { get; } = code;
}
