using System.Net.Sockets;
using Burqi.Hosting.Processes;

namespace Burqi.Testing;

/// <summary>nginx on loopback as the load balancer of a production set-up: it adds <c>X-Forwarded-*</c>, and ends TLS if it has a certificate.</summary>
public sealed class LoadBalancer : IAsyncDisposable
{
    private readonly ChildProcess process;

    private LoadBalancer(int port, ChildProcess process)
    {
        Port = port;
        this.process = process;
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts it.</summary>
    /// <param name="locations">What goes where: nginx <c>location</c> blocks.</param>
    /// <param name="certificate">The server's certificate with what follows it, and its key, as PEM; null: it speaks plain HTTP.</param>
    /// <param name="port">Where to listen; 0 takes a free port.</param>
    public static async Task<LoadBalancer> StartAsync(string locations, (string Certificates, string Key)? certificate = null, int port = 0)
    {
        var folder = TestFolder.Create("load-balancer");
        port = port == 0 ? FreePort.Next() : port;
        if (certificate is { } pem)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), pem.Certificates);
            await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), pem.Key);
        }

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
              proxy_set_header X-Forwarded-Host $http_host;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_connect_timeout 2s;
              server {
                {{(certificate is null
                    ? $"listen 127.0.0.1:{port};"
                    : $"listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/certificate.pem; ssl_certificate_key {folder}/key.pem;")}}
                {{locations}}
              }
            }
            """);
        var nginx = await ChildProcess.StartAsync(new ChildProcessStart("/usr/sbin/nginx", "-p", folder, "-c", configuration, "-e", Path.Combine(folder, "error.log")));
        await nginx.WaitUntilReadyAsync((_, cancellation) => ListensAsync(port, cancellation), TimeSpan.FromSeconds(20), CancellationToken.None);
        return new LoadBalancer(port, nginx);
    }

    /// <summary>The locations of the distributed stack: sockets to media, webhooks to ingress, all else to catalog.</summary>
    public static string Locations(Uri ingress, Uri media, Uri? catalog = null) =>
        $$"""
        location ~ ^/(twilio/media-stream|streams|acs/media/[^/]+)$ {
          proxy_pass http://{{media.Authority}};
          proxy_set_header Host $http_host;
          proxy_set_header X-Forwarded-Host $http_host;
          proxy_set_header X-Forwarded-Proto $scheme;
          proxy_set_header Upgrade $http_upgrade;
          proxy_set_header Connection "upgrade";
          proxy_read_timeout 300s;
        }
        {{(catalog is null ? "" : $"location = /twilio/token {{ proxy_pass http://{catalog.Authority}; }}")}}
        location ~ ^/(twilio/|twiml$|recording/status$) { proxy_pass http://{{ingress.Authority}}; }
        location / { {{(catalog is null ? "return 404;" : $"proxy_pass http://{catalog.Authority}; proxy_buffering off;")}} }
        """;

    /// <summary>Stops it.</summary>
    public ValueTask DisposeAsync() => process.DisposeAsync();

    private static async ValueTask<bool> ListensAsync(int port, CancellationToken cancellation)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(System.Net.IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
