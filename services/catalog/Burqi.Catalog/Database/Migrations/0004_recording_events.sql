-- What happened to a call's recordings, and who asked for it: written beside the change it tells of, in the same transaction, and never again.
-- The rows say how things are; this says how they came to be so.
create table catalog.recording_events (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    call_id text not null check (length(call_id) between 1 and 200),
    -- No foreign key: an event outlives what it tells of.
    recording_id uuid,
    event text not null check (event ~ '^[a-z][a-z0-9_]{0,63}$'),
    actor text check (length(actor) between 1 and 200),
    details jsonb not null default '{}' check (jsonb_typeof(details) = 'object')
);

create index recording_events_call on catalog.recording_events (call_id, id desc);

create function catalog.refuse_change() returns trigger
    language plpgsql
as $$
begin
    raise exception '% on %.% is refused: it is appended to and never changed', tg_op, tg_table_schema, tg_table_name
        using errcode = 'restrict_violation';
end
$$;

create trigger recording_events_append_only
    before update or delete or truncate on catalog.recording_events
    for each statement execute function catalog.refuse_change();

-- After how many days the provider's own copy of a recording is deleted, once ours is verified: 0 is at once, null never.
alter table catalog.assistants add column delete_at_provider_after_days integer check (delete_at_provider_after_days between 0 and 3650);
