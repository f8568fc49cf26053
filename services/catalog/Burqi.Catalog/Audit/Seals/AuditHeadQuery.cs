using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Audit.Seals;

internal sealed class AuditHeadQuery(CatalogDatabase database)
{
    private const string Sql =
        """
        select
            coalesce(last.number, 0) as Number, encode(coalesce(last.hash, decode(repeat('00', 32), 'hex')), 'hex') as Hash, last.key_id as KeyId,
            (select count(*) from catalog.recording_events_unsealed) as Unsealed
        from (values (1)) one
        left join (select number, hash, key_id from catalog.recording_event_seals order by number desc limit 1) last on true
        """;

    public Task<AuditHead> ExecuteAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleAsync<AuditHead>(new CommandDefinition(Sql, cancellationToken: cancellationToken)), cancellationToken);
}
