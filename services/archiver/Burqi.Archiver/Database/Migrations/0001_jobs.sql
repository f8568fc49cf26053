-- One row is one piece of work on one recording. It is the queue (status, next_attempt_at, lease), the memory of what was
-- done (result columns) and the outbox of what has to be said about it (announced columns), so that no step needs two commits.
create table archiver.jobs
(
    id                    uuid primary key,
    recording_id          uuid        not null,
    step                  text        not null,
    status                text        not null check (status in ('waiting', 'running', 'completed', 'dead')),

    provider              text        not null,
    call_id               text        not null,
    recording_type        text        not null,
    recording_source      text        not null,
    provider_recording_id text,
    stream_id             text,
    assistant_id          text,
    format                text,
    sample_rate           integer,
    channels              integer,
    duration_ms           bigint,
    file_path             text,
    started_at            timestamptz,
    ended_at              timestamptz,

    source_kind           text        not null,
    source_details        jsonb       not null,
    expected_size         bigint,
    expected_sha256       text,
    object_key            text,

    attempts              integer     not null default 0,
    next_attempt_at       timestamptz not null default now(),
    lease_id              uuid,
    lease_owner           text,
    lease_expires_at      timestamptz,
    last_failure          text,
    last_error            text,
    traceparent           text,

    store                 text,
    object_url            text,
    file_size             bigint,
    sha256                text,

    taken_up_at           timestamptz,
    finished_at           timestamptz,
    announcing_until      timestamptz,
    started_announced_at  timestamptz,
    outcome_announced_at  timestamptz,
    created_at            timestamptz not null default now(),
    updated_at            timestamptz not null default now(),

    constraint jobs_recording_step unique (recording_id, step),
    constraint jobs_object_key unique (step, object_key),
    constraint jobs_key_unless_dead check (object_key is not null or status = 'dead'),
    constraint jobs_lease_while_running check ((status = 'running') = (lease_id is not null))
);

-- Each index holds only the rows its question is about: finished jobs, which are nearly all of them, cost the queue nothing.
create index jobs_waiting on archiver.jobs (next_attempt_at) where status = 'waiting';
create index jobs_running on archiver.jobs (lease_expires_at) where status = 'running';
create index jobs_dead on archiver.jobs (finished_at) where status = 'dead';
create index jobs_unannounced on archiver.jobs (updated_at)
    where (taken_up_at is not null and started_announced_at is null)
       or (status in ('completed', 'dead') and outcome_announced_at is null);
create index jobs_updated on archiver.jobs (updated_at);
