using Burqi.Catalog.Announcing;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>Rings when there is something to tell of an assistant.</summary>
internal sealed class AnnouncementBell : Bell;
