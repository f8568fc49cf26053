namespace Burqi.Access;

/// <summary>What is written and counted of requests without a key. Each service does it under an event id and a metric of its own.</summary>
internal interface IAccessLog
{
    /// <summary>A request was refused.</summary>
    void Refused(string method, string? endpoint, bool keyGiven, string? remoteAddress);
}
