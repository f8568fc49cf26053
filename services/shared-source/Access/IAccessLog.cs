namespace Burqi.Access;

/// <summary>What is written and counted of requests that are refused. Each service does it under an event id and a metric of its own.</summary>
internal interface IAccessLog
{
    /// <summary>A request was refused: it had no key, or none that is known.</summary>
    void Refused(string method, string? endpoint, bool keyGiven, string? remoteAddress);

    /// <summary>A caller's request was refused: it lacks the scope, or asks too often.</summary>
    void Forbidden(string method, string? endpoint, int status, string callerId, string? remoteAddress);

    /// <summary>An address tries keys too often: nothing is written of each.</summary>
    void Limited();
}
