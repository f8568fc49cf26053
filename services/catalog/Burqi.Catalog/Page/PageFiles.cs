using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Burqi.Catalog.Page;

/// <summary>
/// The built page, out of the assembly. Assets carry a hash of their content in their names and are kept by browsers for ever; documents
/// name them and are asked for each time.
/// </summary>
internal sealed class PageFiles
{
    private const string Documents = "page/";
    private const string Assets = "page/assets/";
    private const string NonceMark = "{nonce}";

    // In the order in which they are preferred: the smaller first.
    private static readonly (string Coding, string Ending)[] Compressions = [("br", ".br"), ("gzip", ".gz")];

    private static readonly Assembly Built = typeof(PageFiles).Assembly;

    private readonly FrozenSet<string> assets;
    private readonly FrozenDictionary<string, string> documents;

    public PageFiles()
    {
        var names = Built.GetManifestResourceNames();
        assets = names.Where(name => name.StartsWith(Assets, StringComparison.Ordinal)).Select(name => name[Assets.Length..]).ToFrozenSet(StringComparer.Ordinal);
        documents = names.Where(name => name.StartsWith(Documents, StringComparison.Ordinal) && name.EndsWith(".html", StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Documents.Length..], Read, StringComparer.Ordinal);
    }

    /// <summary>Answers with a document.</summary>
    public async Task WriteAsync(HttpContext context, PageDocument document)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var content = Encoding.UTF8.GetBytes(documents[document.Name].Replace(NonceMark, nonce, StringComparison.Ordinal));

        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = document.ContentSecurityPolicy(nonce);
        headers["Permissions-Policy"] = document.Permissions;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // A copy of it would have the nonce of another time.
        headers.CacheControl = "no-store";
        Guard(headers);
        headers.ContentType = "text/html; charset=utf-8";
        headers.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }

    /// <summary>Answers with an asset.</summary>
    public async Task WriteAsync(HttpContext context, string name)
    {
        if (!assets.Contains(name))
        {
            await CatalogProblems.Problem(StatusCodes.Status404NotFound, "There is no such file.").ExecuteAsync(context);
            return;
        }

        var headers = context.Response.Headers;
        var compression = Array.Find(Compressions, compression => assets.Contains(name + compression.Ending) && Accepts(context.Request, compression.Coding));
        // The name has the content's hash; how it is compressed is all that can differ.
        var tag = new EntityTagHeaderValue($"\"{name}{compression.Ending}\"");
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.ETag = tag.ToString();
        headers.Vary = HeaderNames.AcceptEncoding;
        Guard(headers);
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) || known.Equals(EntityTagHeaderValue.Any)))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (compression.Coding is { } coding)
        {
            headers.ContentEncoding = coding;
        }

        await using var content = Built.GetManifestResourceStream(Assets + name + compression.Ending)!;
        headers.ContentType = MediaType(name);
        headers.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static void Guard(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }

    private static bool Accepts(HttpRequest request, string coding) => request.GetTypedHeaders().AcceptEncoding
        .Any(accepted => accepted.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && accepted.Quality is null or > 0);

    private static string MediaType(string name) => Path.GetExtension(name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        ".txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Built.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
