-- Who asked, from where, and in which request: of what somebody read as well as of what somebody did.
alter table catalog.recording_events
    add column api_key_id text,
    add column api_key_name text,
    add column address text,
    add column trace_id text;

-- A list is of no one call.
alter table catalog.recording_events alter column call_id drop not null;

-- Each event once, in an order of their own, each row with the hash of all that came before it. Written by one replica at a time behind the
-- events, so that nobody who appends an event waits for another.
create table catalog.recording_event_seals (
    number bigint primary key check (number > 0),
    event_id bigint not null unique,
    -- Which of the configured keys the hash was made with; null: none, it is a plain SHA-256.
    key_id text,
    previous_hash bytea not null check (length(previous_hash) = 32),
    hash bytea not null check (length(hash) = 32)
);

create trigger recording_event_seals_append_only
    before update or delete or truncate on catalog.recording_event_seals
    for each statement execute function catalog.refuse_change();

-- What is to be sealed. A list of its own: ids are given out before their transactions end, so that no highest id could say what is new.
create table catalog.recording_events_unsealed (
    event_id bigint primary key
);

create function catalog.note_unsealed() returns trigger
    language plpgsql
as $$
begin
    insert into catalog.recording_events_unsealed (event_id) select id from added on conflict do nothing;
    return null;
end
$$;

create trigger recording_events_unsealed
    after insert on catalog.recording_events
    referencing new table as added
    for each statement execute function catalog.note_unsealed();

-- What was appended before that trigger was there. Each batch for itself; broken off it begins again and does no harm.
create procedure catalog.note_all_unsealed()
    language plpgsql
as $$
declare
    last bigint := 0;
    next bigint;
begin
    loop
        with batch as (select id from catalog.recording_events where id > last order by id limit 10000),
        noted as (
            insert into catalog.recording_events_unsealed (event_id)
            select id from batch where not exists (select from catalog.recording_event_seals where event_id = id)
            on conflict do nothing)
        select max(id) into next from batch;
        exit when next is null;
        last := next;
        commit;
    end loop;
end
$$;
