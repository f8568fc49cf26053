using Burqi.Hosting.Options;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Burqi.Hosting.Web;

/// <summary>Where Kestrel listens and what it puts up with.</summary>
internal static class ServerExtensions
{
    // Event Grid delivers up to 1 MB at once; nothing larger is posted to us.
    private const long MaxRequestBodyBytes = 2 * 1024 * 1024;

    public static void AddServer(this WebApplicationBuilder builder, ServiceOptions options)
    {
        builder.WebHost.UseUrls([.. options.Urls]);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
    }
}
