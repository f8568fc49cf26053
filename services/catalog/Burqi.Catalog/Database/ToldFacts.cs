using System.Globalization;
using System.Text.Json.Nodes;

namespace Burqi.Catalog.Database;

/// <summary>
/// What one message tells of a row, fact by fact, each with the weight that decides between two messages that tell it differently
/// (<c>catalog.merge_told</c>): the rank of the status the message stands for, then its time. A null tells nothing.
/// </summary>
internal sealed class ToldFacts
{
    private const string ListedAt = "listed_at";

    private readonly JsonObject facts = [];
    private readonly int rank;
    private readonly long order;

    private ToldFacts(int rank, long order, DateTimeOffset at)
    {
        this.rank = rank;
        this.order = order;

        // Until a start is known, a row is listed under the earliest time anything told of it.
        facts[ListedAt] = new JsonArray(0, -Microseconds(at), Written(at));
    }

    /// <summary>Facts of a message that says what was true from the start: of two such messages the earlier is believed.</summary>
    public static ToldFacts Earliest(int rank, DateTimeOffset at) => new(rank, -Microseconds(at), at);

    /// <summary>Facts of a message that says how things came out: of two such messages the later is believed.</summary>
    public static ToldFacts Latest(int rank, DateTimeOffset at) => new(rank, Microseconds(at), at);

    public ToldFacts Column(string name, string? value) => Tell(name, value);

    public ToldFacts Column(string name, long? value) => Tell(name, value);

    public ToldFacts Column(string name, DateTimeOffset? value) => Tell(name, value is { } time ? Written(time) : null);

    /// <summary>The start, which is also what the row is listed by.</summary>
    public ToldFacts StartedAt(DateTimeOffset? value) =>
        value is null ? this : Column("started_at", value).Column(ListedAt, value);

    public ToldFacts Metadata(string key, string? value) => Tell($"metadata.{key}", value);

    public ToldFacts Metadata(string key, long? value) => Tell($"metadata.{key}", value);

    public ToldFacts Metadata(string key, bool? value) => Tell($"metadata.{key}", value);

    public ToldFacts Metadata(string key, DateTimeOffset? value) => Tell($"metadata.{key}", value is { } time ? Written(time) : null);

    /// <summary>An object of its own; one without members tells nothing.</summary>
    public ToldFacts Metadata(string key, JsonObject value) => Tell($"metadata.{key}", value.Count > 0 ? value : null);

    /// <summary>That there is nothing, or no longer anything: unlike a null it is a fact, which whoever told something else before does not outweigh.</summary>
    public ToldFacts Nothing(string fact)
    {
        facts[fact] = new JsonArray(rank, order, null);
        return this;
    }

    public string ToJson() => facts.ToJsonString();

    private ToldFacts Tell(string fact, JsonNode? value)
    {
        if (value is not null)
        {
            facts[fact] = new JsonArray(rank, order, value);
        }

        return this;
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    // PostgreSQL keeps microseconds: the seventh digit would be rounded, and two writings of one time would differ.
    private static string Written(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
