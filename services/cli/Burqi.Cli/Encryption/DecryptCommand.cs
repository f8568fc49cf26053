using System.CommandLine;
using System.Text.Json;
using System.Text.RegularExpressions;
using Burqi.Disk;
using Burqi.Encryption;
using Microsoft.Extensions.Configuration;

namespace Burqi.Cli.Encryption;

/// <summary><c>burqi decrypt</c>: makes audio of an encrypted object where it lies, with nothing but the keys: no Burqi, no database.</summary>
internal sealed partial class DecryptCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "An encrypted object: a file of the disk store, or one that was fetched from a bucket." };

    private readonly Option<string?> _output = new("--output", "-o") { Description = "Where the audio goes. Default: beside the file, as NAME.decrypted.EXT.", HelpName = "FILE" };

    private readonly Option<string?> _metadata = new("--metadata")
    {
        Description = "The object's metadata as JSON, such as `aws s3api head-object` prints. Default: the hidden file that the disk store keeps beside it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _objectKey = new("--object-key")
    {
        Description = "The object's name in its store. Default: the end of the file's path, recordings/YYYY/MM/DD/CALL/NAME.",
        HelpName = "KEY",
    };

    public static Command Create()
    {
        var decrypt = new DecryptCommand();
        var command = new Command("decrypt", "Decrypts one recording with the keys in BURQI_ENCRYPTION_KEY, BURQI_ENCRYPTION_KEY_ID and BURQI_ENCRYPTION_OLD_KEYS (or the _FILE of each).")
        {
            decrypt._file, decrypt._output, decrypt._metadata, decrypt._objectKey,
        };
        command.SetAction(decrypt.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = Path.GetFullPath(parsed.GetRequiredValue(_file));
        var output = parsed.GetValue(_output) ?? Path.ChangeExtension(file, $".decrypted{Path.GetExtension(file)}");
        try
        {
            var size = await DecryptAsync(file, output, parsed.GetValue(_metadata), parsed.GetValue(_objectKey) ?? ObjectKeyOf(file), cancellationToken);
            Console.Out.WriteLine($"{output}: {size} bytes, whole and unaltered.");
            return ExitCodes.Good;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (EncryptionException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.Findings;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            await Console.Error.WriteLineAsync($"'{file}' cannot be decrypted: {exception.Message}");
            return ExitCodes.Usage;
        }
    }

    private static async Task<long> DecryptAsync(string file, string output, string? metadata, string objectKey, CancellationToken cancellationToken)
    {
        var envelope = Envelope.Of(metadata is null ? FileMetadata.Read(file) : await ReadAsync(metadata, cancellationToken))
            ?? throw new EncryptionException($"'{file}' is not encrypted, or there is nothing that says how: give --metadata.");
        var secret = await Keys().OpenAsync(envelope, objectKey, cancellationToken);
        var encrypted = new FileStream(file, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
        await using var audio = new DecryptingStream(encrypted, secret, encrypted.Length, offset: 0, long.MaxValue);

        // Under another name until all of it was found to be what was stored.
        var unfinished = $"{output}.part";
        try
        {
            await using (var written = new FileStream(unfinished, FileMode.Create))
            {
                await audio.CopyToAsync(written, cancellationToken);
            }

            File.Move(unfinished, output, overwrite: false);
            return new FileInfo(output).Length;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    private static KeyRing Keys()
    {
        var settings = EncryptionSettings.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        return settings.Problems.Count == 0
            ? settings.ToKeyRing(arn => new KmsKey(arn))
            : throw new EncryptionException(string.Join(Environment.NewLine, settings.Problems));
    }

    private static async Task<Dictionary<string, string>> ReadAsync(string metadata, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(metadata);
        using var document = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken);
        var root = document.RootElement;
        var entries = root.TryGetProperty("Metadata", out var inner) || root.TryGetProperty("metadata", out inner) ? inner : root;
        return entries.EnumerateObject().ToDictionary(entry => entry.Name.ToLowerInvariant(), entry => entry.Value.ToString(), StringComparer.Ordinal);
    }

    private static string ObjectKeyOf(string file) => ObjectKeyPattern().Match(file.Replace('\\', '/')) is { Success: true } match
        ? match.Value
        : throw new EncryptionException("The object's name in its store goes into its encryption and is not the end of the file's path: give --object-key.");

    [GeneratedRegex("recordings/[0-9]{4}/[0-9]{2}/[0-9]{2}/[^/]+/[^/]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ObjectKeyPattern();

    /// <summary>A key that never leaves KMS: what it wrapped is decrypted by Burqi itself.</summary>
    private sealed class KmsKey(string arn) : IKeyEncryptionKey
    {
        public string Id => arn;

        public Task<byte[]> WrapAsync(ReadOnlyMemory<byte> secret, string objectKey, CancellationToken cancellationToken) => throw Refused();

        public Task<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string objectKey, CancellationToken cancellationToken) => throw Refused();

        private EncryptionException Refused() => new($"The object's key was wrapped by '{arn}' in KMS, which this tool does not ask: download the recording from Burqi.");
    }
}
