-- An assistant: what is recorded of its calls, and where its agent listens. A deleted one stays as a row without content: its version is
-- what keeps a late message about it from reviving it, and what a new assistant of the same id goes on from.
create table catalog.assistants (
    id text primary key check (id ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$'),
    media_url text check (length(media_url) between 1 and 2000),
    recording_settings jsonb not null check (jsonb_typeof(recording_settings) = 'object'),
    twilio_credentials text check (length(twilio_credentials) between 1 and 64),
    version bigint not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    deleted_at timestamptz,

    -- The outbox: one more for every change and for every time somebody asks to be told again; what the bus has confirmed follows behind.
    -- Both in the row itself, so that a change and the promise to tell of it cannot come apart.
    due bigint not null default 1,
    announced bigint not null default 0
);

create index assistants_listed on catalog.assistants (created_at desc, id desc) where deleted_at is null;
create index assistants_due on catalog.assistants (id) where announced < due;

-- The next version: the time in microseconds, so that a database restored from yesterday's copy does not tell versions that the nodes have
-- seen already, and always more than the one before.
create function catalog.next_version(known bigint) returns bigint
    language sql volatile parallel safe
    return greatest(known + 1, cast(extract(epoch from clock_timestamp()) * 1000000 as bigint));
