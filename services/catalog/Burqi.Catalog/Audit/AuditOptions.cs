using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Audit;

/// <summary>What events are sealed with, from the environment variable it names.</summary>
internal sealed class AuditOptions
{
    public const int ShortestKey = 32;

    /// <summary>
    /// <c>BURQI_AUDIT_KEY</c>: the key of the hashes (HMAC), so that whoever can write to the database alone cannot make them. Several, separated
    /// by commas: the first seals, all verify. Unset: plain hashes.
    /// </summary>
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>
    /// <c>BURQI_AUDIT_KEYED_SINCE</c>: the number of the seal from which on all are made with a key. It says so outside the database, whose owner could
    /// otherwise make all seals anew without one. Unset: from the first on that has one.
    /// </summary>
    public string? KeyedSince { get; set; }

    public static IReadOnlyList<string> Read(string? value) => value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public static long? Number(string? value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}

internal sealed class AuditOptionsValidator : IValidateOptions<AuditOptions>
{
    public ValidateOptionsResult Validate(string? name, AuditOptions options)
    {
        var failures = new List<string>();
        if (options.Keys.Any(key => key.Length < AuditOptions.ShortestKey))
        {
            failures.Add($"BURQI_AUDIT_KEY holds a key that is shorter than {AuditOptions.ShortestKey} characters.");
        }

        if (options.KeyedSince is not null && AuditOptions.Number(options.KeyedSince) is null)
        {
            failures.Add("BURQI_AUDIT_KEYED_SINCE is not the number of a seal, 1 or more.");
        }

        if (options.KeyedSince is not null && options.Keys.Count == 0)
        {
            failures.Add("BURQI_AUDIT_KEYED_SINCE says that seals are made with a key, and BURQI_AUDIT_KEY holds none.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}

/// <summary>The configured keys by the ids under which seals name them.</summary>
internal sealed class AuditKeys
{
    private const int IdLength = 16;

    private readonly Dictionary<string, byte[]> keys;

    public AuditKeys(IOptions<AuditOptions> options)
    {
        keys = options.Value.Keys.Distinct(StringComparer.Ordinal).ToDictionary(Id, Encoding.UTF8.GetBytes, StringComparer.Ordinal);
        Current = options.Value.Keys.Count > 0 ? Id(options.Value.Keys[0]) : null;
        KeyedSince = AuditOptions.Number(options.Value.KeyedSince) ?? long.MaxValue;
    }

    /// <summary>The key that seals; null: none.</summary>
    public string? Current { get; }

    /// <summary>The seal from which on none is taken that was made without a key.</summary>
    public long KeyedSince { get; }

    /// <summary>The key of this id; null where it is not configured.</summary>
    public byte[]? Find(string id) => keys.GetValueOrDefault(id);

    // A hash of the key would let it be guessed at from the table; of a key of this length nobody guesses.
    private static string Id(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("burqi audit key\0" + key)))[..IdLength];
}
