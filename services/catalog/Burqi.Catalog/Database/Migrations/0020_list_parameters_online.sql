create index concurrently if not exists calls_duration on catalog.calls (duration_ms, listed_at desc, call_id desc);
create index concurrently if not exists recordings_duration on catalog.recordings (duration_ms, listed_at desc, id desc);
call catalog.number_known_recordings();

-- Without it the first lists by number would be planned as if the table were empty.
analyze catalog.recording_numbers;
