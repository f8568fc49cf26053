namespace Burqi.Architecture.Tests.Compose;

/// <summary>One service of docker-compose.yml.</summary>
internal sealed class ComposeService(string name, IDictionary<object, object?> yaml)
{
    public string Name { get; } = name;

    public string Image => (string)yaml["image"]!;

    /// <summary>The Dockerfile the image is built from; null when it is pulled.</summary>
    public string? Dockerfile => Build("dockerfile");

    public string? BuildContext => Build("context");

    /// <summary>Whether the service is one of this repository's hosts.</summary>
    public bool IsOurs => Dockerfile?.StartsWith("services/", StringComparison.Ordinal) == true;

    /// <summary>Whether it does one thing and ends.</summary>
    public bool IsOneShot => (string?)yaml["restart"] == "no";

    public bool IsReadOnly => yaml.TryGetValue("read_only", out var value) && (string?)value == "true";

    public IReadOnlyList<string> DroppedCapabilities => List("cap_drop");

    public IReadOnlyList<string> SecurityOptions => List("security_opt");

    public IReadOnlyList<string> Networks => List("networks");

    public IReadOnlyList<string> Ports => List("ports");

    public IReadOnlyList<string> HealthTest =>
        yaml.TryGetValue("healthcheck", out var check) && ((IDictionary<object, object?>)check!).TryGetValue("test", out var test)
            ? ((IEnumerable<object>)test!).Cast<string>().ToArray()
            : [];

    public IReadOnlyList<(string Source, string Target)> Mounts => List("volumes").Select(mount => mount.Split(':')).Select(parts => (parts[0], parts[1])).ToArray();

    public IEnumerable<string> NamedVolumes => Mounts.Select(mount => mount.Source).Where(source => !source.StartsWith('.') && !source.StartsWith('/'));

    public IReadOnlyDictionary<string, string> DependsOn => Map("depends_on", value => (string)((IDictionary<object, object?>)value!)["condition"]!);

    public IReadOnlyDictionary<string, string> Environment => Map("environment", value => (string?)value ?? "");

    public override string ToString() => Name;

    private string? Build(string key) => yaml.TryGetValue("build", out var build) ? (string)((IDictionary<object, object?>)build!)[key]! : null;

    private string[] List(string key) => yaml.TryGetValue(key, out var value) ? ((IEnumerable<object>)value!).Cast<string>().ToArray() : [];

    private Dictionary<string, string> Map(string key, Func<object?, string> read) => yaml.TryGetValue(key, out var value)
        ? ((IDictionary<object, object?>)value!).ToDictionary(pair => (string)pair.Key, pair => read(pair.Value), StringComparer.Ordinal)
        : [];
}
