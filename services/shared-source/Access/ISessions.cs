using Microsoft.AspNetCore.Http;

namespace Burqi.Access;

/// <summary>Knows whom a browser's cookie stands for.</summary>
internal interface ISessions
{
    /// <summary>
    /// Whose session the request is made in, and what speaks against answering it; no caller where there is no session, and whether the cookie is
    /// then made up: it was never given to anybody.
    /// </summary>
    ValueTask<(Caller? Caller, Refusal? Refusal, bool IsMadeUp)> FindAsync(HttpContext context, CancellationToken cancellationToken);
}
