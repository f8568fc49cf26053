namespace Burqi.Architecture.Tests.Migrations;

/// <summary>Migrations run while replicas of before serve calls: none may keep them from a table for longer than a moment.</summary>
public sealed class OnlineMigrationsTests
{
    // Those before them were released, and are run by whoever has them still to run as they are.
    private static readonly Dictionary<string, string> LastOfBefore = new(StringComparer.Ordinal) { ["catalog"] = "0010_retention", ["archiver"] = "0011_retention" };

    private static IEnumerable<(string Path, string Service, string Name)> Migrations => Repository.Files("services", ".sql")
        .Where(path => path.Contains("/Database/Migrations/", StringComparison.Ordinal))
        .Select(path => (path, path.Split('/')[1], Path.GetFileNameWithoutExtension(path)));

    [Fact]
    public void Migration_OfTablesInUse_KeepsNobodyFromThem() => Rule.HoldsFor(
        Migrations,
        migration => string.CompareOrdinal(migration.Name, LastOfBefore[migration.Service]) > 0
            ? OnlineMigration.Violations(migration.Name, Repository.Read(migration.Path)).Select(wrong => $"{migration.Path}: {wrong}")
            : [],
        "an update of the service is no outage: docs/adr/0036");

    [Fact]
    public void Migration_Number_IsItsOwn() => Rule.HoldsFor(
        Migrations.GroupBy(migration => (migration.Service, migration.Name.Split('_')[0])),
        same => same.Count() > 1 ? [string.Join(", ", same.Select(migration => migration.Path))] : [],
        "files are run in the order of their names");

    [Theory]
    [InlineData("create index x on catalog.recordings (status)")]
    [InlineData("create index concurrently if not exists x on catalog.recordings (status)")]
    [InlineData("CREATE UNIQUE INDEX x\n    ON catalog.calls (status)")]
    [InlineData("alter table catalog.calls add column x text not null default ''")]
    [InlineData("alter table catalog.calls add column x text check (length(x) > 0)")]
    [InlineData("alter table catalog.calls add column x uuid references catalog.recordings")]
    [InlineData("alter table catalog.calls alter column status type varchar")]
    [InlineData("alter table catalog.calls alter column assistant_id set not null")]
    [InlineData("alter table catalog.calls rename column status to state")]
    [InlineData("alter table catalog.calls drop column status")]
    [InlineData("alter table catalog.calls add constraint x check (duration_ms > 0)")]
    [InlineData("lock table catalog.recordings in share row exclusive mode")]
    [InlineData("update catalog.calls set status = 'failed'")]
    [InlineData("delete from catalog.recordings where id is null")]
    [InlineData("insert into catalog.copies select * from catalog.recordings")]
    [InlineData("-- done; quickly\ncreate table catalog.x (id int); create index on_calls on catalog.calls (to_address)")]
    public void Violations_OfWhatTakesLong_NameIt(string sql) => OnlineMigration.Violations("0099_x", sql).ShouldHaveSingleItem();

    [Theory]
    [InlineData("create index x on catalog.recordings (status)")]
    [InlineData("create index concurrently x on catalog.recordings (status)")]
    [InlineData("update catalog.calls set status = 'failed'")]
    public void Violations_OnlineWhatTakesLongOrCannotBeRepeated_NameIt(string sql) => OnlineMigration.Violations("0099_x_online", sql).ShouldHaveSingleItem();

    [Theory]
    [InlineData("0099_x", "create table catalog.x (id int primary key, a text not null check (a <> ';')); create index x_a on catalog.x (a); insert into catalog.x values (1, 'lock table catalog.calls')")]
    [InlineData("0099_x", "alter table catalog.calls add column x text, add column y text default 'none'")]
    [InlineData("0099_x", "alter table catalog.calls add constraint x check (length(x) > 0) not valid; alter table catalog.calls alter column x set default 'a'")]
    [InlineData("0099_x", "alter table catalog.assistants add column x text not null default ''; create index x on catalog.assistants (x)")]
    [InlineData("0099_x", "create function catalog.f() returns void language sql as $$ update catalog.calls set status = 'failed'; $$")]
    [InlineData("0099_x", "drop trigger a on catalog.calls; create trigger b after insert on catalog.calls for each statement execute function catalog.f()")]
    [InlineData("0099_x_online", "create index concurrently if not exists x\n on catalog.calls (from_address);\ndrop index concurrently if exists catalog.y; alter table catalog.calls validate constraint x; call catalog.fill(); analyze catalog.calls")]
    public void Violations_OfWhatIsDoneAtOnce_AreNone(string name, string sql) => OnlineMigration.Violations(name, sql).ShouldBeEmpty();
}
