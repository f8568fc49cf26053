using Burqi.Catalog.Announcing;

namespace Burqi.Catalog.Controls.Announce;

/// <summary>Rings when something was asked, or answered on which the next request waited.</summary>
internal sealed class ControlBell : Bell;
