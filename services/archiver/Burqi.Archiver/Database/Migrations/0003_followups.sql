-- What the samples were like, what made the recording, which recording it is a channel of, and what became of the provider's own copy.
alter table archiver.jobs
    add column origin                 text,
    add column peak                   integer,
    add column silent_channels        integer,
    add column split_from             uuid,
    add column split_channel          integer,
    add column deleted_at_provider_at timestamptz,
    add column note                   text;

create index jobs_split_from on archiver.jobs (split_from) where split_from is not null;

-- A worker asks for the steps one after the other: what is to be deleted in a month must not be looked through to find what is to be archived now.
create index jobs_waiting_step on archiver.jobs (step, next_attempt_at) where status = 'waiting';
drop index archiver.jobs_waiting;
