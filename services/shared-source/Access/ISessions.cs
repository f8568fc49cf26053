using Microsoft.AspNetCore.Http;

namespace Burqi.Access;

/// <summary>Knows whom a browser's cookie stands for.</summary>
internal interface ISessions
{
    /// <summary>Whose session the request is made in, and what speaks against answering it; no caller where there is no session.</summary>
    ValueTask<(Caller? Caller, Refusal? Refusal)> FindAsync(HttpContext context, CancellationToken cancellationToken);
}
