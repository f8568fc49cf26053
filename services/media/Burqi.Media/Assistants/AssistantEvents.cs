namespace Burqi.Media.Assistants;

/// <summary>Where the ids of what is logged of assistants begin in this service.</summary>
internal static class AssistantEvents
{
    public const int First = 3250;
}
