namespace Burqi.Media.Streams;

/// <summary>What a call is found by.</summary>
internal readonly record struct CallKey(string Provider, string CallId);
