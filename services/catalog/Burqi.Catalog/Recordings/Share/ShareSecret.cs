using Burqi.Catalog.Database;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>What share links are signed with.</summary>
internal sealed class ShareSecret(CatalogDatabase database) : KeptSecret(database, "share-links");
