using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Burqi.Encryption;

/// <summary>Which keys recordings are encrypted with and have been, as the environment says. Key files are read once, at the start.</summary>
internal sealed partial class EncryptionSettings
{
    private const string KeyName = "BURQI_ENCRYPTION_KEY";
    private const string KeyFileName = "BURQI_ENCRYPTION_KEY_FILE";
    private const string KeyIdName = "BURQI_ENCRYPTION_KEY_ID";
    private const string KmsName = "BURQI_ENCRYPTION_KMS_KEY_ID";
    private const string OldKeysName = "BURQI_ENCRYPTION_OLD_KEYS";
    private const string OldKeysFileName = "BURQI_ENCRYPTION_OLD_KEYS_FILE";
    private const string HowToMakeOne = "32 random bytes in base64, such as `openssl rand -base64 32` makes";

    private readonly List<string> _problems = [];
    private readonly List<LocalKey> _oldKeys = [];
    private readonly List<string> _oldKmsKeys = [];
    private LocalKey? _key;
    private string? _kmsKey;

    private EncryptionSettings()
    {
    }

    /// <summary>What is missing or contradictory, a sentence for each; none shows a key.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public static EncryptionSettings Read(IConfiguration configuration)
    {
        var settings = new EncryptionSettings();
        settings.ReadKey(Value(KeyName), Value(KeyFileName), Value(KeyIdName), Value(KmsName));
        settings.ReadOldKeys(OldKeysName, Value(OldKeysName));
        settings.ReadOldKeys(OldKeysFileName, Value(OldKeysFileName) is { } file ? settings.ReadFile(OldKeysFileName, file) : null);
        return settings;

        string? Value(string name) => string.IsNullOrWhiteSpace(configuration[name]) ? null : configuration[name]!.Trim();
    }

    /// <summary>The keys of settings without <see cref="Problems"/>.</summary>
    /// <param name="kms">Makes the key that a key management service has under an ARN.</param>
    public KeyRing ToKeyRing(Func<string, IKeyEncryptionKey> kms) => new(
        _key ?? (_kmsKey is null ? null : kms(_kmsKey)),
        [.. _oldKeys.Where(old => old.Id != _key?.Id), .. _oldKmsKeys.Where(old => old != _kmsKey).Select(kms)]);

    /// <summary>The region that a KMS key's ARN names.</summary>
    public static string RegionOf(string arn) => arn.Split(':')[3];

    private void ReadKey(string? key, string? file, string? id, string? kms)
    {
        if (kms is not null && !KmsPattern().IsMatch(kms))
        {
            _problems.Add($"{KmsName} is '{kms}': give the key's ARN, arn:aws:kms:{{region}}:{{account}}:key/{{id}}, which no alias changes.");
        }
        else if (kms is not null && (key ?? file ?? id) is not null)
        {
            _problems.Add($"{KmsName} is set beside {KeyName}, {KeyFileName} or {KeyIdName}: new recordings are encrypted with one key.");
        }
        else
        {
            _kmsKey = kms;
        }

        if (kms is not null || (key ?? file ?? id) is null)
        {
            return;
        }

        if (key is not null && file is not null)
        {
            _problems.Add($"{KeyName} and {KeyFileName} are both set: give the key once.");
            return;
        }

        if (key is null && file is null)
        {
            _problems.Add($"{KeyName} is missing: {KeyIdName} is set, and is of no use without the key ({KeyFileName} may hold it).");
            return;
        }

        if (id is null)
        {
            _problems.Add($"{KeyIdName} is missing: every encrypted recording names its key, so that it can be exchanged some day. Give any name, such as the date.");
        }
        else if (!IdPattern().IsMatch(id))
        {
            _problems.Add($"{KeyIdName} is '{id}': a key's id has up to 64 letters, digits, '.', '_' and '-'.");
        }

        var content = key ?? ReadFile(KeyFileName, file!);
        if (content is not null && KeyOf(content) is not { Length: LocalKey.Size })
        {
            _problems.Add(key is not null ? $"{KeyName} is not a key: give {HowToMakeOne}." : $"{KeyFileName}: the file holds no key: it has to be {HowToMakeOne}.");
        }
        else if (content is not null && id is not null)
        {
            _key = new LocalKey(id, KeyOf(content)!);
        }
    }

    private void ReadOldKeys(string variable, string? keys)
    {
        var number = 0;
        foreach (var line in (keys ?? "").Split('\n', ',').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            number++;
            if (KmsPattern().IsMatch(line))
            {
                if (!_oldKmsKeys.Contains(line))
                {
                    _oldKmsKeys.Add(line);
                }

                continue;
            }

            var colon = line.IndexOf(':');
            if (colon < 0 || !IdPattern().IsMatch(line[..colon]) || KeyOf(line[(colon + 1)..]) is not { Length: LocalKey.Size } key)
            {
                _problems.Add($"{variable}: entry {number} is not a key's id, a colon and the key ({HowToMakeOne}), nor the ARN of a KMS key.");
                continue;
            }

            var id = line[..colon];
            if (_oldKeys.Append(_key).FirstOrDefault(known => known?.Id == id) is not { } same)
            {
                _oldKeys.Add(new LocalKey(id, key));
            }
            else if (!same.Equals(key))
            {
                _problems.Add($"{variable}: entry {number} gives another key for the id '{id}', which is taken: a key that was exchanged needs an id of its own.");
            }
        }
    }

    private string? ReadFile(string variable, string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _problems.Add($"{variable}: the file cannot be read: {exception.Message}");
            return null;
        }
    }

    private static byte[]? KeyOf(string base64)
    {
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,128}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KmsPattern();
}
