-- What many messages tell of one row.
create aggregate catalog.merge_all_told(jsonb) (sfunc = catalog.merge_told, stype = jsonb);

-- What follows from a recording's row is written for all rows of a statement at once. One statement may tell of many calls; whoever runs it holds
-- their locks. Rows are deleted one at a time and seldom: for those the triggers stay as they were.
create function catalog.settle_usages(calls text[]) returns void
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
        where call_id = any (calls)) settled
    where known.recording_id = settled.recording_id
        and (known.counted_ms, known.counted_bytes) is distinct from (settled.ms, settled.bytes);
$$;

create function catalog.note_usages() returns trigger
    language plpgsql
as $$
begin
    insert into catalog.recording_usage as known
    select counted.* from news, lateral catalog.usage_of(row(news.*)::catalog.recordings) counted where news.told <> '{}'
    on conflict (recording_id) do update set
        recorded_at = excluded.recorded_at, stream_id = excluded.stream_id, assistant_id = excluded.assistant_id, duration_ms = excluded.duration_ms,
        object = excluded.object, object_bytes = excluded.object_bytes, provider_deleted_at = excluded.provider_deleted_at
    where (known.recorded_at, known.stream_id, known.assistant_id, known.duration_ms, known.object, known.object_bytes, known.provider_deleted_at)
        is distinct from (excluded.recorded_at, excluded.stream_id, excluded.assistant_id, excluded.duration_ms, excluded.object, excluded.object_bytes, excluded.provider_deleted_at);
    perform catalog.settle_usages(array(select distinct call_id from news where told <> '{}'));
    return null;
end
$$;

create function catalog.note_retentions() returns trigger
    language plpgsql
as $$
begin
    delete from catalog.recording_retention known using news where known.recording_id = news.id and news.status = 'deleted';

    insert into catalog.recording_retention as known
    select noted.* from news, lateral catalog.retention_of(row(news.*)::catalog.recordings) noted where news.status <> 'deleted'
    on conflict (recording_id) do update set
        assistant_id = excluded.assistant_id, counted_from = excluded.counted_from, object_bytes = excluded.object_bytes, is_deletable = excluded.is_deletable
    where (known.assistant_id, known.counted_from, known.object_bytes, known.is_deletable)
        is distinct from (excluded.assistant_id, excluded.counted_from, excluded.object_bytes, excluded.is_deletable);

    -- Mixes alone show another's object, and an upgraded mix is told to show none by what is laid over it.
    update catalog.recording_retention known set shown_by = null, tier_kind = known.kind
    from news
    where news.recording_type = 'mixed' and known.shown_by = news.id
        and (news.status = 'deleted' or news.derived -> 'recording_metadata' ->> 'provider_recording_id' is distinct from cast(known.recording_id as text));
    update catalog.recording_retention known set shown_by = news.id, tier_kind = 'mixed'
    from news
    where news.derived <> '{}' and news.status <> 'deleted'
        and known.recording_id = cast(news.derived -> 'recording_metadata' ->> 'provider_recording_id' as uuid) and known.shown_by is distinct from news.id;
    return null;
end
$$;

-- Calls whose recordings changed are looked at again, in the order of their ids. Their rows are locked first, whether or not they are to be changed, as in 0005.
create function catalog.look_at_calls(changed text[]) returns void
    language plpgsql
as $$
begin
    perform from catalog.calls where call_id = any (changed) order by call_id for no key update;
    update catalog.calls set completeness_due_at = clock_timestamp()
    where call_id = any (changed) and (completeness_due_at is null or completeness <> 'pending' and completeness_due_at > clock_timestamp());
end
$$;

create function catalog.look_at_calls_of_new_recordings() returns trigger
    language plpgsql
as $$
begin
    perform catalog.look_at_calls(array(select distinct call_id from news));
    return null;
end
$$;

create function catalog.look_at_calls_of_changed_recordings() returns trigger
    language plpgsql
as $$
begin
    perform catalog.look_at_calls(array(
        select distinct news.call_id
        from news join before on before.id = news.id
        where before is distinct from news and news.status <> 'deleted' and not (news.told ? 'metadata.deletion_requested_at')
            and not (
                before.told <> news.told and before.derived = news.derived
                and before.told - '{metadata.tier,metadata.tier_note}'::text[] = news.told - '{metadata.tier,metadata.tier_note}'::text[])
            -- Nothing was told of it: it follows from the deletion of another.
            and not (
                before.told = news.told
                and exists (select from catalog.recordings other where other.call_id = news.call_id and other.status = 'deleted'))));
    return null;
end
$$;

drop trigger recordings_are_counted on catalog.recordings;
create trigger recordings_inserted_are_counted after insert on catalog.recordings
    referencing new table as news for each statement execute function catalog.note_usages();
create trigger recordings_changed_are_counted after update on catalog.recordings
    referencing new table as news for each statement execute function catalog.note_usages();

drop trigger recordings_told_are_retained on catalog.recordings;
drop trigger recordings_changed_are_retained on catalog.recordings;
create trigger recordings_inserted_are_retained after insert on catalog.recordings
    referencing new table as news for each statement execute function catalog.note_retentions();
create trigger recordings_changed_are_retained after update on catalog.recordings
    referencing new table as news for each statement execute function catalog.note_retentions();
create trigger recordings_deleted_are_not_retained after delete on catalog.recordings
    for each row execute function catalog.note_retention();

drop trigger recordings_inserted_are_looked_at on catalog.recordings;
drop trigger recordings_changed_are_looked_at on catalog.recordings;
create trigger recordings_inserted_are_looked_at after insert on catalog.recordings
    referencing new table as news for each statement execute function catalog.look_at_calls_of_new_recordings();
create trigger recordings_changed_are_looked_at after update on catalog.recordings
    referencing old table as before new table as news for each statement execute function catalog.look_at_calls_of_changed_recordings();
create constraint trigger recordings_deleted_are_looked_at after delete on catalog.recordings
    deferrable initially deferred
    for each row execute function catalog.look_at_call_of_recording();
