-- A provider may separate the voices of more than two participants: each beyond the user and the assistant is a type of its own.
alter table catalog.recordings drop constraint recordings_recording_type_check;
alter table catalog.recordings add constraint recordings_recording_type_check
    check (recording_type in ('user', 'assistant', 'mixed', 'provider', 'chunk') or recording_type ~ '^participant[1-9][0-9]?$');
