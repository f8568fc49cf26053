-- Who spoke in a recording: the numbers of its call, in the order in which recordings are listed. A call's numbers and its recordings are told
-- apart and in any order; triggers put the two together, which alone know of every change. Whoever tells of a call holds its lock, so neither
-- trigger misses what the other has seen.
create table catalog.recording_numbers (
    number text not null,
    at timestamptz not null,
    recording_id uuid not null,
    primary key (number, at, recording_id)
);

create function catalog.number_recording() returns trigger
    language plpgsql
as $$
begin
    if tg_op <> 'INSERT' then
        delete from catalog.recording_numbers numbered
        using catalog.calls call cross join lateral (values (call.from_address), (call.to_address)) side (number)
        where call.call_id = old.call_id and numbered.number = side.number and numbered.at = old.listed_at and numbered.recording_id = old.id;
    end if;

    if tg_op <> 'DELETE' then
        insert into catalog.recording_numbers (number, at, recording_id)
        select side.number, new.listed_at, new.id
        from catalog.calls call cross join lateral (values (call.from_address), (call.to_address)) side (number)
        where call.call_id = new.call_id and side.number is not null
        on conflict do nothing;
    end if;

    return null;
end
$$;

create trigger recordings_told_are_numbered after insert or delete on catalog.recordings
    for each row execute function catalog.number_recording();

create trigger recordings_moved_are_numbered after update on catalog.recordings
    for each row when (old.listed_at <> new.listed_at)
    execute function catalog.number_recording();

create function catalog.number_recordings_of_call() returns trigger
    language plpgsql
as $$
begin
    if tg_op = 'UPDATE' then
        delete from catalog.recording_numbers numbered
        using catalog.recordings recording cross join lateral (values (old.from_address), (old.to_address)) side (number)
        where recording.call_id = old.call_id and numbered.number = side.number and numbered.at = recording.listed_at
            and numbered.recording_id = recording.id;
    end if;

    insert into catalog.recording_numbers (number, at, recording_id)
    select side.number, recording.listed_at, recording.id
    from catalog.recordings recording cross join lateral (values (new.from_address), (new.to_address)) side (number)
    where recording.call_id = new.call_id and side.number is not null
    on conflict do nothing;
    return null;
end
$$;

create trigger calls_told_number_their_recordings after insert on catalog.calls
    for each row when (new.from_address is not null or new.to_address is not null)
    execute function catalog.number_recordings_of_call();

create trigger calls_changed_number_their_recordings after update on catalog.calls
    for each row when ((old.from_address, old.to_address) is distinct from (new.from_address, new.to_address))
    execute function catalog.number_recordings_of_call();

-- For what there was before the triggers, call by call under its lock, a hundred at a time. Run again it passes over what is there.
create procedure catalog.number_known_recordings()
    language plpgsql
as $$
declare
    batch text[];
    last text := '';
begin
    loop
        select array_agg(call_id order by call_id) into batch
        from (select call_id from catalog.calls where call_id > last order by call_id limit 100) next;
        exit when batch is null;

        -- In the order in which all who lock several calls do so.
        perform pg_advisory_xact_lock(key)
        from (select distinct hashtextextended('burqi.catalog.call.' || call_id, 0) as key from unnest(batch) call_id order by key) keys;
        insert into catalog.recording_numbers (number, at, recording_id)
        select side.number, recording.listed_at, recording.id
        from catalog.calls call
        join catalog.recordings recording using (call_id)
        cross join lateral (values (call.from_address), (call.to_address)) side (number)
        where call.call_id = any (batch) and side.number is not null
        on conflict do nothing;
        commit;
        last := batch[array_upper(batch, 1)];
    end loop;
end
$$;
