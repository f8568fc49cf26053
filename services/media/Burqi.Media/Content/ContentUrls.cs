using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Burqi.Media.Spool;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Content;

/// <summary>Makes and checks the signed URLs under which the archiver fetches files from this node.</summary>
internal sealed class ContentUrls(IOptions<MediaOptions> options, ManifestStore store, IServer server, TimeProvider time)
{
    public const string RoutePattern = "/media/recordings/{recordingId}/content";

    private const string KeyFile = ".content-key";
    private const int KeyLength = 32;
    private static readonly string[] WildcardHosts = ["://[::]", "://0.0.0.0", "://+", "://*"];

    private readonly Lazy<byte[]> _key = new(() => LoadKey(store.Root));

    /// <summary>A URL good for <see cref="MediaOptions.ContentUrlLifetime"/> from now.</summary>
    public string Create(Guid recordingId) => Create(recordingId, time.GetUtcNow().Add(options.Value.ContentUrlLifetime));

    /// <summary>A URL good until then.</summary>
    public string Create(Guid recordingId, DateTimeOffset until)
    {
        var expires = until.ToUnixTimeSeconds();
        var signature = Convert.ToHexStringLower(Sign(recordingId, expires));
        return string.Create(CultureInfo.InvariantCulture, $"{BaseUrl()}/media/recordings/{recordingId:D}/content?exp={expires}&sig={signature}");
    }

    /// <summary>Whether the signature is ours and still good.</summary>
    public bool IsValid(Guid recordingId, string? expires, string? signature) =>
        IsSigned(recordingId, expires, signature) && time.GetUtcNow().ToUnixTimeSeconds() < long.Parse(expires!, NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Whether the signature is ours, however long ago it was made.</summary>
    public bool IsSigned(Guid recordingId, string? expires, string? signature)
    {
        if (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var until) || signature is not { Length: 2 * HMACSHA256.HashSizeInBytes })
        {
            return false;
        }

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return Convert.FromHexString(signature, given, out _, out _) == System.Buffers.OperationStatus.Done
            && CryptographicOperations.FixedTimeEquals(given, Sign(recordingId, until));
    }

    private byte[] Sign(Guid recordingId, long expires) =>
        HMACSHA256.HashData(_key.Value, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{recordingId:D}\n{expires}")));

    private string BaseUrl()
    {
        if (options.Value.BaseUrl is { } configured)
        {
            return configured;
        }

        // The address that was really bound: the configured one may leave the port to the system.
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://127.0.0.1:8000";
        var wildcard = WildcardHosts.FirstOrDefault(w => address.Contains(w, StringComparison.Ordinal));
        return (wildcard is null ? address : address.Replace(wildcard, "://" + Environment.MachineName, StringComparison.Ordinal)).TrimEnd('/');
    }

    /// <summary>The key is the node's own: it signs what only this node answers, and outlives restarts because the URLs do.</summary>
    private static byte[] LoadKey(string root)
    {
        var path = Path.Combine(root, KeyFile);
        if (!File.Exists(path))
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            // Under another name first: a key that is half written would be refused for ever.
            using (var file = new FileStream(path + ".tmp", options))
            {
                file.Write(RandomNumberGenerator.GetBytes(KeyLength));
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".tmp", path);
            DurableFile.SyncFolder(root);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyLength ? key : throw new InvalidDataException($"The node's content key {KeyFile} is damaged: remove it, and a new one is made.");
    }
}
