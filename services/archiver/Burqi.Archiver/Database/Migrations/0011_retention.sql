-- The deletion of a recording, and its move to another tier, are jobs without a key of their own: what they are done to is what the recording's other
-- jobs say. And the job of a recording that is deleted has none any more: it stays, with a note, so that nobody archives it again.
alter table archiver.jobs drop constraint jobs_key_unless_dead;
alter table archiver.jobs add constraint jobs_key_unless_dead
    check (object_key is not null or status = 'dead' or note is not null or step in ('delete-recording', 'set-tier'));
