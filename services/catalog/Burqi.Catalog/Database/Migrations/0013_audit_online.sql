call catalog.note_all_unsealed();

create index concurrently if not exists recording_events_by_key on catalog.recording_events (api_key_id, id desc) where api_key_id is not null;
