namespace Burqi.Hosting.Bus;

/// <summary>A broker's address taken from an <c>amqp://user:password@host:port/vhost</c> URL.</summary>
internal sealed record RabbitMqAddress(string Host, ushort Port, string VirtualHost, string User, string Password, bool Tls)
{
    private const int PlainPort = 5672;
    private const int TlsPort = 5671;

    public static RabbitMqAddress? Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.Scheme is not ("amqp" or "amqps"))
        {
            return null;
        }

        var tls = uri.Scheme == "amqps";
        var credentials = uri.UserInfo.Split(':', 2);
        var path = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        return new RabbitMqAddress(
            uri.IdnHost,
            (ushort)(uri.Port > 0 ? uri.Port : tls ? TlsPort : PlainPort),
            path.Length == 0 ? "/" : path,
            credentials[0].Length == 0 ? "guest" : Uri.UnescapeDataString(credentials[0]),
            credentials.Length == 2 ? Uri.UnescapeDataString(credentials[1]) : "guest",
            tls);
    }

    /// <summary>The address without its credentials, for logs and reasons.</summary>
    public override string ToString() => $"{(Tls ? "amqps" : "amqp")}://{Host}:{Port}{(VirtualHost == "/" ? "" : "/" + VirtualHost)}";
}
