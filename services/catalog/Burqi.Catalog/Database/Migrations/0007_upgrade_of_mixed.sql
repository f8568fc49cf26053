-- What the recordings of a call make of each other, kept apart from what messages told: the columns are what was told, with this laid over it.
-- It is worked out anew whenever anything is told of the call, so no order of messages shows in it. A row that nobody told of, one that stands
-- for a mix that was never made, is nothing but this.
alter table catalog.recordings add column derived jsonb not null default '{}' check (jsonb_typeof(derived) = 'object');

create function catalog.recording_values(told jsonb, derived jsonb) returns jsonb
    language sql immutable strict parallel safe
    return (
        select
            v.said || derived
            || jsonb_build_object('recording_metadata', (v.said -> 'recording_metadata') || coalesce(derived -> 'recording_metadata', '{}'))
        from (select catalog.told_values(told) as said) v);
