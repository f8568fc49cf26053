using System.Net;
using System.Net.Sockets;
using Burqi.Hosting.Processes;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>nginx in front of the services, routing by path as the distributed stack's load balancer does.</summary>
internal sealed class ReverseProxy : IAsyncDisposable
{
    private readonly ChildProcess process;

    private ReverseProxy(Uri address, ChildProcess process)
    {
        Address = address;
        this.process = process;
    }

    public Uri Address { get; }

    public static async Task<ReverseProxy> StartAsync(string folder, int port, Uri ingress, Uri media, Uri catalog)
    {
        Directory.CreateDirectory(folder);
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(
            configuration,
            $$"""
            daemon off;
            master_process off;
            worker_processes 1;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              proxy_http_version 1.1;
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_connect_timeout 2s;
              server {
                listen 127.0.0.1:{{port}};
                location ~ ^/(twilio/media-stream|streams|acs/media/[^/]+)$ {
                  proxy_pass http://{{media.Authority}};
                  proxy_set_header Upgrade $http_upgrade;
                  proxy_set_header Connection "upgrade";
                  proxy_read_timeout 300s;
                }
                location ~ ^/(twilio/|twiml$) { proxy_pass http://{{ingress.Authority}}; }
                location / { proxy_pass http://{{catalog.Authority}}; proxy_buffering off; }
              }
            }
            """);

        var nginx = await ChildProcess.StartAsync(
            new ChildProcessStart("/usr/sbin/nginx", "-p", folder, "-c", configuration, "-e", Path.Combine(folder, "error.log")));
        var address = new Uri($"http://127.0.0.1:{port}");
        await nginx.WaitUntilReadyAsync((_, cancellation) => ListensAsync(port, cancellation), TimeSpan.FromSeconds(20), CancellationToken.None);
        return new ReverseProxy(address, nginx);
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async ValueTask<bool> ListensAsync(int port, CancellationToken cancellation)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
