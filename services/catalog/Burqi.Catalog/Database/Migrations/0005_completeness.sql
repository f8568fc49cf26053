-- Whether as much of a call was recorded as there was. Calls of before count as complete, for nobody looked at them while it still helped; but
-- not those that ended within the last hour, whose recordings may still be on their way.
alter table catalog.calls
    add column completeness text not null default 'complete' check (completeness in ('pending', 'complete', 'incomplete', 'missing')),
    add column completeness_reason text check (length(completeness_reason) between 1 and 1000),
    add column completeness_checked_at timestamptz,

    -- What is wrong in numbers, and since when it has been so.
    add column completeness_type text,
    add column completeness_recorded_ms bigint check (completeness_recorded_ms >= 0),
    add column completeness_since timestamptz,

    -- When the call is to be looked at next; null: not before anything changes. Times are the database's own: replicas need not agree on theirs.
    add column completeness_due_at timestamptz,

    -- The outbox: one more for everything that is to be told; what the bus has confirmed follows behind.
    add column completeness_news bigint not null default 0,
    add column completeness_told bigint not null default 0;

alter table catalog.calls alter column completeness set default 'pending';
update catalog.calls set completeness = 'pending', completeness_due_at = now()
where status = 'in-progress' or coalesce(ended_at, updated_at) > now() - interval '1 hour';

create index calls_completeness on catalog.calls (completeness, listed_at desc, call_id desc);
create index calls_completeness_due on catalog.calls (completeness_due_at) where completeness_due_at is not null;
create index calls_completeness_news on catalog.calls (call_id) where completeness_told < completeness_news;

-- A call of which something was told is looked at: at once when it is over, which only finds out how long there is to wait.
create function catalog.look_at_told_call() returns trigger
    language plpgsql
as $$
begin
    new.completeness_due_at := clock_timestamp() + case new.status when 'in-progress' then interval '15 minutes' else interval '0' end;
    return new;
end
$$;

create trigger calls_inserted_are_looked_at before insert on catalog.calls
    for each row execute function catalog.look_at_told_call();

create trigger calls_changed_are_looked_at before update on catalog.calls
    for each row
    when ((old.status, old.parent_call_id, old.assistant_id, old.duration_ms, old.started_at, old.ended_at, old.told -> 'handed_over_at')
        is distinct from (new.status, new.parent_call_id, new.assistant_id, new.duration_ms, new.started_at, new.ended_at, new.told -> 'handed_over_at'))
    execute function catalog.look_at_told_call();

-- A call is looked at again when a recording of it changes. Its row is locked first, whether or not it is to be changed: a look that is under
-- way has not seen this change, and what it leaves behind must be known before it can be said that a look is still due.
create function catalog.look_at_call_of_recording() returns trigger
    language plpgsql
as $$
declare
    changed text := case tg_op when 'DELETE' then old.call_id else new.call_id end;
begin
    perform from catalog.calls where call_id = changed for no key update;
    update catalog.calls set completeness_due_at = clock_timestamp()
    where call_id = changed and (completeness_due_at is null or completeness <> 'pending' and completeness_due_at > clock_timestamp());
    return null;
end
$$;

-- At the end of the transaction: it may change several recordings of a call, and must not hold the call while it waits for one of them.
create constraint trigger recordings_inserted_are_looked_at after insert or delete on catalog.recordings
    deferrable initially deferred
    for each row execute function catalog.look_at_call_of_recording();

create constraint trigger recordings_changed_are_looked_at after update on catalog.recordings
    deferrable initially deferred
    for each row when (old.* is distinct from new.*)
    execute function catalog.look_at_call_of_recording();

-- What an assistant's settings said of recording, and since when. Calls are looked at minutes after they began: what counts is what was said then.
-- Deleted assistants are as good as unknown ones, whose calls are recorded.
create table catalog.assistant_recording (
    assistant_id text not null,
    since timestamptz not null,
    recorded boolean not null,
    listed boolean not null,
    primary key (assistant_id, since)
);

insert into catalog.assistant_recording (assistant_id, since, recorded, listed)
select
    id, created_at,
    deleted_at is not null or coalesce(cast(recording_settings ->> 'enabled' as boolean), false),
    deleted_at is not null or coalesce(cast(recording_settings ->> 'create_database_records' as boolean), true)
from catalog.assistants;

create function catalog.keep_assistant_recording() returns trigger
    language plpgsql
as $$
begin
    insert into catalog.assistant_recording (assistant_id, since, recorded, listed)
    values (
        new.id, clock_timestamp(),
        new.deleted_at is not null or coalesce(cast(new.recording_settings ->> 'enabled' as boolean), false),
        new.deleted_at is not null or coalesce(cast(new.recording_settings ->> 'create_database_records' as boolean), true))
    on conflict do nothing;
    return null;
end
$$;

create trigger assistants_inserted_are_kept after insert on catalog.assistants
    for each row execute function catalog.keep_assistant_recording();

create trigger assistants_changed_are_kept after update on catalog.assistants
    for each row when ((old.recording_settings, old.deleted_at) is distinct from (new.recording_settings, new.deleted_at))
    execute function catalog.keep_assistant_recording();
