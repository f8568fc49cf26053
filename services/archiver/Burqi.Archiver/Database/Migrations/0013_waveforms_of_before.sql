-- Jobs for the waveforms of what was archived before there were any: rows alone, in the queue that is taken up last, one at a time. What is to be
-- deleted needs none, and what was moved to another tier may not be read as it is. Each batch for itself; broken off it begins again and does no harm.
create procedure archiver.add_waveforms_of_before()
    language plpgsql
as $$
declare
    last uuid := '00000000-0000-0000-0000-000000000000';
    next uuid;
begin
    loop
        select id into next from (select id from archiver.jobs where id > last order by id limit 5000) batch order by id desc limit 1;
        exit when next is null;

        insert into archiver.jobs (
            id, recording_id, step, status, provider, call_id, recording_type, recording_source, provider_recording_id, assistant_id,
            format, duration_ms, source_kind, source_details, destination, expected_size, expected_sha256, object_key, store)
        select
            gen_random_uuid(), recording_id, 'waveform', 'waiting', provider, call_id, recording_type, recording_source, provider_recording_id, assistant_id,
            format, duration_ms, source_kind, '{}', 'store/' || store, file_size, sha256, object_key, store
        from archiver.jobs archived
        where id > last and id <= next and step in ('archive', 'split') and status = 'completed' and format in ('wav', 'mp3')
            and store is not null and object_key is not null and file_size is not null and sha256 is not null
            and create_database_records is distinct from false
            and not exists (
                select from archiver.jobs other
                where other.recording_id = archived.recording_id and other.step in ('waveform', 'delete-recording', 'set-tier'))
        on conflict do nothing;
        commit;
        last := next;
    end loop;
end
$$;
