using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Controls.Announce;

/// <summary>Writes down what the broker confirmed.</summary>
internal sealed class ConfirmControlsCommand(CatalogDatabase database)
{
    private const string Sql = "update catalog.recording_controls set announced = true where id = @id";

    public Task ExecuteAsync(Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(Sql, new { id }, cancellationToken: cancellationToken)),
        cancellationToken);
}
