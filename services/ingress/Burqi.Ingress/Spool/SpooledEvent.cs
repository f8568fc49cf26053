using System.Text.Json;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;

namespace Burqi.Ingress.Spool;

/// <summary>An event as it lies in the spool: one JSON object a file.</summary>
/// <param name="Type">Which message it is: its type's name. A name that no longer is one is set aside, never guessed.</param>
/// <param name="TraceParent">The W3C <c>traceparent</c> of the webhook that told of it; null where it was not traced.</param>
/// <param name="Message">The message itself.</param>
internal sealed record SpooledEvent(string Type, string? TraceParent, JsonElement Message)
{
    private static readonly Dictionary<string, Type> Types = new Type[]
    {
        typeof(CallStarted), typeof(CallEnded), typeof(RecordingStarted), typeof(ProviderRecordingReady), typeof(RecordingFailed), typeof(RecordingControlAnswered),
    }.ToDictionary(type => type.Name, StringComparer.Ordinal);

    public static SpooledEvent From(object message, string? traceParent)
    {
        var type = message.GetType();
        return Types.ContainsKey(type.Name)
            ? new SpooledEvent(type.Name, traceParent, JsonSerializer.SerializeToElement(message, type))
            : throw new ArgumentException($"{type} is no event of ingress: the spool could not read it back.", nameof(message));
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>The message of a spool file and its trace.</summary>
    /// <exception cref="JsonException">The file is torn, damaged, or of a type that is not known.</exception>
    public static (object Message, Type Type, string? TraceParent) Read(ReadOnlySpan<byte> file)
    {
        var spooled = JsonSerializer.Deserialize<SpooledEvent>(file);
        if (spooled?.Type is null || !Types.TryGetValue(spooled.Type, out var type))
        {
            throw new JsonException("The file names no known event.");
        }

        var message = spooled.Message.ValueKind == JsonValueKind.Object ? spooled.Message.Deserialize(type) : null;
        return (message ?? throw new JsonException("The file holds no message."), type, spooled.TraceParent);
    }
}
