-- Where the bytes of a job come from, or what it is done to: a media node's host and port, a provider, a store ("store/s3"). Each has a queue of its own,
-- and a call in it has its turn as often as any other. What was put there by an older release is a queue as well, the one without a name.
alter table archiver.jobs
    add column destination        text not null default '',
    add column source_keeps_until timestamptz,
    add column dismissed_at       timestamptz;

update archiver.jobs
set destination = coalesce(case when source_kind = 'media_node' then substring(source_details ->> 'content_url' from '^[a-z]+://([^/?#]+)') end, source_kind)
where status <> 'completed';

-- Which queues have something due; whose turn it is in one of them; what its source will not keep for long.
create index jobs_due on archiver.jobs (step, destination, next_attempt_at) where status = 'waiting';
create index jobs_turns on archiver.jobs (step, destination, call_id, next_attempt_at) where status = 'waiting';
create index jobs_urgent on archiver.jobs (step, destination, source_keeps_until) where status = 'waiting' and source_keeps_until is not null;

-- For lists: what is not done is little, and is asked for by its state.
create index jobs_unfinished on archiver.jobs (status, id) where status <> 'completed';
