namespace Burqi.Load.Servers;

/// <summary>The programs that are compared.</summary>
internal enum ServerKind
{
    /// <summary>A bare Kestrel endpoint that drops every message.</summary>
    Sink,

    /// <summary>A small recorder in Node with <c>ws</c>.</summary>
    Node,

    /// <summary>Burqi's media service.</summary>
    Media,
}
