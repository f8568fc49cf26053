-- How long an assistant's recordings are kept, by kind; null: as long as the setting for all says. A deleted assistant keeps it, since its
-- recordings are still there.
alter table catalog.assistants add column retention jsonb check (jsonb_typeof(retention) = 'object');

-- Calls of which nothing may be deleted or moved to another tier, whatever a policy says.
create table catalog.legal_holds (
    call_id text primary key check (length(call_id) between 1 and 200),
    reason text not null check (length(reason) between 1 and 1000),
    placed_at timestamptz not null default clock_timestamp()
);

-- What is to be deleted, by policy or because somebody asked. The row is the outbox: the archiver is told of it until it has answered. A
-- recording has one at most; one that failed is replaced when it is asked for again.
create table catalog.recording_deletions (
    id uuid primary key,
    recording_id uuid not null unique,
    call_id text not null check (length(call_id) between 1 and 200),
    reason text not null check (length(reason) between 1 and 1000),
    requested_at timestamptz not null default clock_timestamp(),
    announced_at timestamptz,
    answered_at timestamptz,
    failure text check (length(failure) between 1 and 2000)
);

create index recording_deletions_call on catalog.recording_deletions (call_id);
create index recording_deletions_due on catalog.recording_deletions (announced_at nulls first) where answered_at is null;
create index recording_deletions_failed on catalog.recording_deletions (answered_at) where failure is not null;

-- The recordings that are not deleted yet, as far as it matters for how long: in a row narrow enough, and in the order in which they come of
-- age, so that what is due is read from an index however many are not. It is kept by triggers, which alone know of every change.
create table catalog.recording_retention (
    recording_id uuid primary key,
    call_id text not null,
    -- Empty where no assistant took the call: a null has no place in the order of an index.
    assistant_id text not null,
    -- The recording's type, of further participants without their number.
    kind text not null,
    counted_from timestamptz not null,
    -- Null: it has no object of its own.
    object_bytes bigint,
    is_deletable boolean not null,
    -- The call's mix, where that points at this recording's object: while it does, the object goes with the mix.
    shown_by uuid,
    tier_kind text not null,
    tier_asked text not null default 'hot' check (tier_asked in ('hot', 'cool', 'archive')),
    tier_asked_at timestamptz,
    tier_announced_at timestamptz,
    tier_answered_at timestamptz,
    deletion_id uuid
);

create index recording_retention_deletable on catalog.recording_retention (assistant_id, kind, counted_from, recording_id)
    where is_deletable and shown_by is null and deletion_id is null;
create index recording_retention_stored on catalog.recording_retention (assistant_id, tier_kind, tier_asked, counted_from, recording_id)
    where object_bytes is not null and tier_asked <> 'archive' and deletion_id is null;
create index recording_retention_shown on catalog.recording_retention (shown_by) where shown_by is not null;
create index recording_retention_tier_due on catalog.recording_retention (tier_announced_at nulls first)
    where tier_asked_at is not null and tier_answered_at is null;

create function catalog.retention_of(recording catalog.recordings) returns catalog.recording_retention
    language sql stable
    return row(
        recording.id, recording.call_id, coalesce(recording.assistant_id, ''), regexp_replace(recording.recording_type, '[0-9]+$', ''),
        coalesce(recording.ended_at, recording.listed_at),
        case when recording.told -> 's3_key' ->> 2 is not null then coalesce(cast(recording.told -> 'file_size' ->> 2 as bigint), 0) end,
        recording.status in ('captured', 'archiving', 'completed', 'failed')
            -- What its assistant wants left on the node that recorded it nobody here can reach.
            and not (recording.status = 'captured' and coalesce(recording.told -> 'metadata.auto_save' ->> 2, '') = 'false'),
        null, regexp_replace(recording.recording_type, '[0-9]+$', ''), 'hot', null, null, null, null)::catalog.recording_retention;

create function catalog.note_retention() returns trigger
    language plpgsql
as $$
declare
    shown uuid;
begin
    if tg_op = 'DELETE' then
        delete from catalog.recording_retention where recording_id = old.id;
        update catalog.recording_retention set shown_by = null, tier_kind = kind where shown_by = old.id;
        return null;
    end if;

    if new.status = 'deleted' then
        delete from catalog.recording_retention where recording_id = new.id;
    else
        shown := cast(new.derived -> 'recording_metadata' ->> 'provider_recording_id' as uuid);
        insert into catalog.recording_retention as known select noted.* from catalog.retention_of(new) noted
        on conflict (recording_id) do update set
            assistant_id = excluded.assistant_id, counted_from = excluded.counted_from, object_bytes = excluded.object_bytes,
            is_deletable = excluded.is_deletable;
    end if;

    update catalog.recording_retention set shown_by = null, tier_kind = kind where shown_by = new.id and recording_id is distinct from shown;
    update catalog.recording_retention set shown_by = new.id, tier_kind = 'mixed' where recording_id = shown and shown_by is distinct from new.id;
    return null;
end
$$;

-- As in 0008: a process of before may still be telling.
lock table catalog.recordings in share row exclusive mode;

insert into catalog.recording_retention
select (catalog.retention_of(recording)).* from catalog.recordings recording where status <> 'deleted';

update catalog.recording_retention known set shown_by = mix.id, tier_kind = 'mixed'
from catalog.recordings mix
where mix.derived -> 'recording_metadata' ? 'provider_recording_id'
    and known.recording_id = cast(mix.derived -> 'recording_metadata' ->> 'provider_recording_id' as uuid);

create trigger recordings_told_are_retained after insert or delete on catalog.recordings
    for each row execute function catalog.note_retention();

create trigger recordings_changed_are_retained after update on catalog.recordings
    for each row when ((old.told, old.derived) is distinct from (new.told, new.derived))
    execute function catalog.note_retention();

-- When the policies were last gone through, by whichever replica.
create table catalog.retention_sweeps (
    is_the_only_one boolean primary key default true check (is_the_only_one),
    started_at timestamptz not null
);

insert into catalog.retention_sweeps (started_at) values ('-infinity');

-- What a deletion leaves of a recording is no news of how much of the call was recorded: while it was there, that was looked at.
drop trigger recordings_changed_are_looked_at on catalog.recordings;
create constraint trigger recordings_changed_are_looked_at after update on catalog.recordings
    deferrable initially deferred
    for each row when (
        old.* is distinct from new.* and new.status <> 'deleted' and not (new.told ? 'metadata.deletion_requested_at')
        -- Nor is it that the object lies in another tier.
        and not (
            old.told <> new.told and old.derived = new.derived
            and old.told - '{metadata.tier,metadata.tier_note}'::text[] = new.told - '{metadata.tier,metadata.tier_note}'::text[]))
    execute function catalog.look_at_call_of_recording();

create or replace function catalog.look_at_call_of_recording() returns trigger
    language plpgsql
as $$
declare
    changed text := case tg_op when 'DELETE' then old.call_id else new.call_id end;
begin
    -- Nothing was told of it: it follows from the deletion of another.
    if tg_op = 'UPDATE' then
        if old.told = new.told and exists (select from catalog.recordings where call_id = changed and status = 'deleted') then
            return null;
        end if;
    end if;

    perform from catalog.calls where call_id = changed for no key update;
    update catalog.calls set completeness_due_at = clock_timestamp()
    where call_id = changed and (completeness_due_at is null or completeness <> 'pending' and completeness_due_at > clock_timestamp());
    return null;
end
$$;

-- What was told of a recording decides whether it has an object, and not what its row shows: a mix that is deleted may show the provider's until it is
-- worked out anew. Its minutes stay: they were recorded.
create or replace function catalog.usage_of(recording catalog.recordings) returns catalog.recording_usage
    language sql stable
    return row(
        recording.id, recording.listed_at, recording.call_id, recording.told -> 'metadata.stream_id' ->> 2, recording.told -> 'assistant_id' ->> 2,
        recording.recording_source, recording.recording_type,
        cast(coalesce(recording.told -> 'metadata.provider_duration_ms', recording.told -> 'duration_ms') ->> 2 as bigint),
        case when recording.told -> 'status' ->> 2 <> 'deleted' then cast(md5(recording.told -> 's3_key' ->> 2) as uuid) end,
        case when recording.told -> 'status' ->> 2 <> 'deleted' and recording.told -> 's3_key' ->> 2 is not null then cast(recording.told -> 'file_size' ->> 2 as bigint) end,
        cast(recording.told -> 'metadata.deleted_at_provider_at' ->> 2 as timestamptz), null, null)::catalog.recording_usage;
