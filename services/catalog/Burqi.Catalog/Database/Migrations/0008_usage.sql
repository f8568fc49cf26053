-- What each recording costs, in a row narrow enough to add up a year of them: how long it is, how large its object, and until when the provider
-- keeps a copy. Only of what was told: a mix that points at the provider's recording is here with its own object, and what stands for a mix that
-- was never made is not here at all.
create table catalog.recording_usage (
    recording_id uuid primary key,
    recorded_at timestamptz not null,
    call_id text not null,
    stream_id text,
    assistant_id text,
    recording_source text not null,
    recording_type text not null,
    duration_ms bigint,
    -- A digest of its object's key, and the object's size; null while, or since, there is none.
    object uuid,
    object_bytes bigint,
    provider_deleted_at timestamptz,

    -- What of it is added up: of the tracks of a media stream the longest, since they are of one conversation; of an object that several rows
    -- name, once. Settled as each is written, so that nobody has to find out over a year of them.
    counted_ms bigint,
    counted_bytes bigint
);

create function catalog.usage_of(recording catalog.recordings) returns catalog.recording_usage
    language sql stable
    return row(
        recording.id, recording.listed_at, recording.call_id, recording.told -> 'metadata.stream_id' ->> 2, recording.told -> 'assistant_id' ->> 2,
        recording.recording_source, recording.recording_type,
        -- The provider's own count, where it gave one: it is what the provider bills.
        cast(coalesce(recording.told -> 'metadata.provider_duration_ms', recording.told -> 'duration_ms') ->> 2 as bigint),
        case when recording.status <> 'deleted' then cast(md5(recording.told -> 's3_key' ->> 2) as uuid) end,
        case when recording.status <> 'deleted' and recording.told ? 's3_key' then cast(recording.told -> 'file_size' ->> 2 as bigint) end,
        cast(recording.told -> 'metadata.deleted_at_provider_at' ->> 2 as timestamptz), null, null)::catalog.recording_usage;

-- What there is already, in one go: a catalog may hold millions. A process of before may still be telling, of which no trigger knows yet, so it
-- waits until this is done.
lock table catalog.recordings in share row exclusive mode;

insert into catalog.recording_usage
select
    recording_id, recorded_at, call_id, stream_id, assistant_id, recording_source, recording_type, duration_ms, object, object_bytes,
    provider_deleted_at,
    case when recording_source <> 'local' or 1 = row_number() over (
        partition by call_id, recording_source, stream_id order by duration_ms desc nulls last, recording_id) then duration_ms end,
    case when 1 = row_number() over (partition by call_id, object order by recorded_at, recording_id) then object_bytes end
from (select (catalog.usage_of(recording)).* from catalog.recordings recording where told <> '{}') known;

create index recording_usage_call on catalog.recording_usage (call_id);
create index recording_usage_recorded on catalog.recording_usage (recorded_at)
    include (assistant_id, recording_source, recording_type, counted_ms, counted_bytes);
create index recording_usage_of_provider on catalog.recording_usage (recorded_at)
    include (assistant_id, duration_ms, provider_deleted_at)
    where recording_source = 'twilio' and recording_type = 'provider' and duration_ms is not null;

-- Of one call, whose lock whoever tells of it holds.
create function catalog.settle_usage(call text) returns void
    language sql
as $$
    update catalog.recording_usage as known set counted_ms = settled.ms, counted_bytes = settled.bytes
    from (
        select
            recording_id,
            case when recording_source <> 'local' or 1 = row_number() over (
                partition by call_id, recording_source, stream_id order by duration_ms desc nulls last, recording_id) then duration_ms end as ms,
            case when 1 = row_number() over (partition by call_id, object order by recorded_at, recording_id) then object_bytes end as bytes
        from catalog.recording_usage
        where call_id = call) settled
    where known.call_id = call and known.recording_id = settled.recording_id
        and (known.counted_ms, known.counted_bytes) is distinct from (settled.ms, settled.bytes);
$$;

create function catalog.note_usage() returns trigger
    language plpgsql
as $$
begin
    insert into catalog.recording_usage as known select counted.* from catalog.usage_of(new) counted
    on conflict (recording_id) do update set
        recorded_at = excluded.recorded_at, stream_id = excluded.stream_id, assistant_id = excluded.assistant_id, duration_ms = excluded.duration_ms,
        object = excluded.object, object_bytes = excluded.object_bytes, provider_deleted_at = excluded.provider_deleted_at;
    perform catalog.settle_usage(new.call_id);
    return null;
end
$$;

create trigger recordings_are_counted after insert or update of told on catalog.recordings
    for each row when (new.told <> '{}') execute function catalog.note_usage();

create function catalog.forget_usage() returns trigger
    language plpgsql
as $$
begin
    delete from catalog.recording_usage where recording_id = old.id;
    return null;
end
$$;

create trigger recordings_deleted_are_not_counted after delete on catalog.recordings
    for each row execute function catalog.forget_usage();
