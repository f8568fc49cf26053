using Burqi.AzureBlob;

namespace Burqi.Archiver.Stores.AzureBlob;

/// <summary>Whether Azure said that the right to something is missing. What is wrong with the credentials as a whole keeps from everything, and is none.</summary>
internal static class AzureBlobDenial
{
    public static bool Is(Exception answer) =>
        answer is AzureBlobException { Status: 401 or 403, Code: not ("AuthenticationFailed" or "InvalidAuthenticationInfo") };
}
