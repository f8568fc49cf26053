using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Load.Archiving;

/// <summary>Serves files of any size out of memory, under the address at which a media node would: what costs nothing cannot hold anybody up.</summary>
internal static class FileServer
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        app.Run(async context =>
        {
            var size = long.Parse(context.Request.Query["size"].ToString(), CultureInfo.InvariantCulture);
            context.Response.ContentType = "audio/wav";
            context.Response.ContentLength = size;
            if (context.Request.Method != HttpMethods.Head)
            {
                foreach (var piece in LoadFile.Of(size))
                {
                    await context.Response.Body.WriteAsync(piece, context.RequestAborted);
                }
            }
        });
        await app.RunAsync();
    }

    /// <summary>A file's address there.</summary>
    public static Uri AddressOf(Uri server, Guid recordingId, long size) => new(server, $"/media/recordings/{recordingId}/content?size={size}");
}
