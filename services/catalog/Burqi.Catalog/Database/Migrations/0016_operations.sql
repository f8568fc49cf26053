-- How the other services said they stand, each in its last report: for people to look at, and nothing else depends on it.
create table catalog.media_nodes (
    node text primary key check (length(node) between 1 and 500),
    reported_at timestamptz not null,
    active_streams integer not null check (active_streams >= 0),
    disk_total_bytes bigint not null check (disk_total_bytes >= 0),
    disk_free_bytes bigint not null check (disk_free_bytes >= 0)
);

create table catalog.archive_backlog (
    is_the_only_one boolean primary key default true check (is_the_only_one),
    reported_at timestamptz not null,
    waiting bigint not null check (waiting >= 0),
    running bigint not null check (running >= 0),
    dead bigint not null check (dead >= 0),
    oldest_waiting_seconds bigint check (oldest_waiting_seconds >= 0),
    stuck_jobs jsonb not null check (jsonb_typeof(stuck_jobs) = 'array'),
    open_breakers text,
    store text not null,
    store_free_bytes bigint check (store_free_bytes >= 0),
    store_total_bytes bigint check (store_total_bytes >= 0)
);

-- How much lies in which store, added up now and then: all rows must be read for it.
create table catalog.store_use (
    is_the_only_one boolean primary key default true check (is_the_only_one),
    measured_at timestamptz not null,
    stores jsonb not null check (jsonb_typeof(stores) = 'array')
);
