using Burqi.Catalog.Announcing;

namespace Burqi.Catalog.Access.Keys.Announce;

/// <summary>Rings when there is something to tell of a key.</summary>
internal sealed class KeyNewsBell : Bell;
