-- What messages told of a row, fact by fact: {"format": [rank, order, "wav"], …}. Of two tellings of a fact the greater array stays (jsonb
-- compares arrays element by element): the higher rank, within a rank the higher order, and last the value, so that no two tellings tie.
-- A maximum does not care in which order or how often its arguments come; so neither does a row.
create function catalog.merge_told(known jsonb, news jsonb) returns jsonb
    language sql immutable strict parallel safe
    return (
        select jsonb_object_agg(fact, greatest(known -> fact, news -> fact))
        from (select jsonb_object_keys(known) union select jsonb_object_keys(news)) as facts (fact));

-- The values alone, under their columns' names; facts named metadata.x gather in recording_metadata.
create function catalog.told_values(told jsonb) returns jsonb
    language sql immutable strict parallel safe
    return (
        select
            coalesce(jsonb_object_agg(key, value -> 2) filter (where key not like 'metadata.%'), '{}')
            || jsonb_build_object(
                'recording_metadata',
                coalesce(jsonb_object_agg(substr(key, length('metadata.') + 1), value -> 2) filter (where key like 'metadata.%'), '{}'))
        from jsonb_each(told));

create table catalog.calls (
    call_id text primary key check (length(call_id) between 1 and 200),
    provider text not null check (provider in ('twilio', 'acs', 'livekit')),
    account_id text check (length(account_id) between 1 and 200),
    parent_call_id text check (length(parent_call_id) between 1 and 200),
    direction text check (length(direction) between 1 and 100),
    from_address text check (length(from_address) between 1 and 500),
    to_address text check (length(to_address) between 1 and 500),
    assistant_id text check (length(assistant_id) between 1 and 200),
    status text not null check (status in ('in-progress', 'completed', 'busy', 'no-answer', 'canceled', 'failed')),
    duration_ms bigint check (duration_ms >= 0),
    started_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- started_at, or while that is unknown the earliest time we heard of: what lists are ordered by, so never null.
    listed_at timestamptz not null,
    told jsonb not null
);

-- One index per filter, each in the list's own order: a page is read from one of them whatever the value's share of the table.
create index calls_listed on catalog.calls (listed_at desc, call_id desc);
create index calls_provider on catalog.calls (provider, listed_at desc, call_id desc);
create index calls_status on catalog.calls (status, listed_at desc, call_id desc);
create index calls_direction on catalog.calls (direction, listed_at desc, call_id desc);
create index calls_assistant on catalog.calls (assistant_id, listed_at desc, call_id desc);
create index calls_from on catalog.calls (from_address, listed_at desc, call_id desc);
create index calls_to on catalog.calls (to_address, listed_at desc, call_id desc);

-- No foreign key to calls: a recording may be heard of before its call.
create table catalog.recordings (
    id uuid primary key,
    call_id text not null check (length(call_id) between 1 and 200),
    provider text not null check (provider in ('twilio', 'acs', 'livekit')),
    recording_source text not null check (recording_source in ('local', 'twilio', 'acs', 'livekit')),
    recording_type text not null check (recording_type in ('user', 'assistant', 'mixed', 'provider', 'chunk')),
    status text not null check (status in ('recording', 'captured', 'archiving', 'completed', 'failed', 'absent', 'deleted')),
    format text check (format ~ '^[a-z0-9]{1,16}$'),
    sample_rate integer check (sample_rate > 0),
    channels integer check (channels > 0),
    duration_ms bigint check (duration_ms >= 0),
    file_size bigint check (file_size >= 0),
    sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
    file_path text check (length(file_path) between 1 and 1000),
    s3_key text check (length(s3_key) between 1 and 1024),
    s3_url text check (length(s3_url) between 1 and 4000),
    recording_sid text check (length(recording_sid) between 1 and 200),
    assistant_id text check (length(assistant_id) between 1 and 200),
    started_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    recording_metadata jsonb not null default '{}' check (jsonb_typeof(recording_metadata) = 'object'),
    listed_at timestamptz not null,
    told jsonb not null,
    constraint recordings_completed_is_stored
        check (status <> 'completed' or (s3_key is not null and file_size is not null and sha256 is not null))
);

create index recordings_listed on catalog.recordings (listed_at desc, id desc);
create index recordings_call on catalog.recordings (call_id, listed_at desc, id desc);
create index recordings_provider on catalog.recordings (provider, listed_at desc, id desc);
create index recordings_source on catalog.recordings (recording_source, listed_at desc, id desc);
create index recordings_type on catalog.recordings (recording_type, listed_at desc, id desc);
create index recordings_status on catalog.recordings (status, listed_at desc, id desc);
create index recordings_assistant on catalog.recordings (assistant_id, listed_at desc, id desc);
create index recordings_sid on catalog.recordings (recording_sid, listed_at desc, id desc);
