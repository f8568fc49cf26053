-- The triggers of 0014 for all rows of a statement at once.
create function catalog.number_inserted_recordings() returns trigger
    language plpgsql
as $$
begin
    insert into catalog.recording_numbers (number, at, recording_id)
    select side.number, news.listed_at, news.id
    from news
    join catalog.calls call on call.call_id = news.call_id
    cross join lateral (values (call.from_address), (call.to_address)) side (number)
    where side.number is not null
    on conflict do nothing;
    return null;
end
$$;

create function catalog.number_moved_recordings() returns trigger
    language plpgsql
as $$
begin
    with moved as (select news.id, news.call_id, before.listed_at as was_at, news.listed_at as at from news join before on before.id = news.id where before.listed_at <> news.listed_at),
    sides as (
        select moved.id, moved.was_at, moved.at, side.number
        from moved
        join catalog.calls call on call.call_id = moved.call_id
        cross join lateral (values (call.from_address), (call.to_address)) side (number)
        where side.number is not null),
    gone as (
        delete from catalog.recording_numbers numbered using sides
        where numbered.number = sides.number and numbered.at = sides.was_at and numbered.recording_id = sides.id)
    insert into catalog.recording_numbers (number, at, recording_id)
    select number, at, id from sides
    on conflict do nothing;
    return null;
end
$$;

create function catalog.number_recordings_of_inserted_calls() returns trigger
    language plpgsql
as $$
begin
    insert into catalog.recording_numbers (number, at, recording_id)
    select side.number, recording.listed_at, recording.id
    from news
    join catalog.recordings recording on recording.call_id = news.call_id
    cross join lateral (values (news.from_address), (news.to_address)) side (number)
    where side.number is not null
    on conflict do nothing;
    return null;
end
$$;

drop trigger recordings_told_are_numbered on catalog.recordings;
drop trigger recordings_moved_are_numbered on catalog.recordings;
drop trigger calls_told_number_their_recordings on catalog.calls;
create trigger recordings_told_are_numbered after insert on catalog.recordings
    referencing new table as news for each statement execute function catalog.number_inserted_recordings();
create trigger recordings_moved_are_numbered after update on catalog.recordings
    referencing old table as before new table as news for each statement execute function catalog.number_moved_recordings();
create trigger recordings_deleted_are_not_numbered after delete on catalog.recordings
    for each row execute function catalog.number_recording();
create trigger calls_told_number_their_recordings after insert on catalog.calls
    referencing new table as news for each statement execute function catalog.number_recordings_of_inserted_calls();
