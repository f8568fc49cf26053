namespace Burqi.Catalog.Database;

/// <summary>Two messages share an id and disagree on what it stands for: merging them would mix two things into one row.</summary>
internal sealed class IdentityConflictException(string message) : Exception(message);
