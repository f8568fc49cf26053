using Burqi.Catalog.Database;

namespace Burqi.Catalog.Access.Sessions;

/// <summary>What sessions' tokens are signed with.</summary>
internal sealed class SessionSecret(CatalogDatabase database) : KeptSecret(database, "sessions");
