namespace Burqi.Assistants;

/// <summary>What is worth a line when assistants are kept. Each service writes it under event ids of its own.</summary>
internal interface IAssistantLog
{
    /// <summary>What was kept on disk could not be read, or not all of it: until catalog answers, only the rest is known.</summary>
    void NotRead(Exception exception);

    /// <summary>News of an assistant were taken over.</summary>
    void Known(string assistantId, long version, bool isDeleted);

    /// <summary>News of an assistant are known, but would not outlive this process.</summary>
    void NotKept(string assistantId, Exception exception);

    /// <summary>News of an assistant were refused.</summary>
    void Refused(Exception exception);

    /// <summary>Catalog was asked to tell all assistants.</summary>
    void Asked(int known);

    /// <summary>The question did not reach the bus: it is repeated.</summary>
    void NotAsked(Exception exception, TimeSpan pause);
}
