-- What was appended before the trigger of 0012 was there. A step of its own: it reads for as long as there are events, and locks out nobody.
insert into catalog.recording_events_unsealed (event_id)
select id from catalog.recording_events event
where not exists (select from catalog.recording_event_seals where event_id = event.id)
on conflict do nothing;
