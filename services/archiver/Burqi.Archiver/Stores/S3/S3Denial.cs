using System.Net;
using Amazon.S3;

namespace Burqi.Archiver.Stores.S3;

/// <summary>Whether S3 said that the right to something is missing. What is wrong with the credentials as a whole keeps from everything, and is none.</summary>
internal static class S3Denial
{
    public static bool Is(Exception answer) => answer is AmazonS3Exception
    {
        StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden,
        ErrorCode: not ("ExpiredToken" or "InvalidAccessKeyId" or "InvalidToken" or "RequestTimeTooSkewed" or "SignatureDoesNotMatch"),
    };
}
