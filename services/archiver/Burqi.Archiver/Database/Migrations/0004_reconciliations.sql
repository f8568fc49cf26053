-- What a provider's own list was asked for, and what came of it. One run at a time over all replicas: it is claimed under an advisory lock
-- and leased like a job; whoever takes over one that was left reads the list again, which changes nothing that was found already.
create table archiver.reconciliations
(
    id               uuid primary key,
    provider         text        not null,
    requested_by     text        not null check (requested_by in ('schedule', 'request')),
    window_from      timestamptz not null,
    window_to        timestamptz not null,
    status           text        not null default 'running' check (status in ('running', 'completed', 'failed')),
    attempts         integer     not null default 0,
    lease_id         uuid,
    lease_owner      text,
    lease_expires_at timestamptz,
    progress         jsonb       not null default '{"accounts":[]}',
    error            text,
    created_at       timestamptz not null default now(),
    started_at       timestamptz,
    finished_at      timestamptz,

    constraint reconciliations_window check (window_from < window_to),
    constraint reconciliations_lease_while_running check (lease_id is null or status = 'running')
);

create index reconciliations_created on archiver.reconciliations (created_at desc);
create index reconciliations_running on archiver.reconciliations (created_at) where status = 'running';
create index reconciliations_scheduled on archiver.reconciliations (provider, created_at desc) where requested_by = 'schedule';

-- A recording that the provider has and that never reached us. A row is found once, for good, and is the outbox of the message that tells
-- of it as if the provider's callback had come.
create table archiver.reconciliation_findings
(
    recording_id          uuid primary key,
    reconciliation_id     uuid        not null references archiver.reconciliations,
    provider              text        not null,
    account_id            text        not null,
    call_id               text        not null,
    provider_recording_id text        not null,
    status                text        not null check (status in ('completed', 'absent', 'failed')),
    started_at            timestamptz,
    duration_ms           bigint,
    reason                text        not null,
    message               jsonb       not null,
    found_at              timestamptz not null default now(),
    announcing_until      timestamptz,
    announced_at          timestamptz
);

create index reconciliation_findings_of_run on archiver.reconciliation_findings (reconciliation_id, found_at);
create index reconciliation_findings_unannounced on archiver.reconciliation_findings (found_at) where announced_at is null;
create index reconciliation_findings_announced on archiver.reconciliation_findings (announced_at);

-- What the provider knows of the calls of those recordings, and the outbox of the messages that tell of them. They hold telephone numbers,
-- and are emptied some hours after they were announced.
create table archiver.reconciliation_calls
(
    provider         text        not null,
    call_id          text        not null,
    started          jsonb,
    ended            jsonb,
    found_at         timestamptz not null default now(),
    announcing_until timestamptz,
    announced_at     timestamptz,

    primary key (provider, call_id)
);

create index reconciliation_calls_unannounced on archiver.reconciliation_calls (found_at) where announced_at is null;
create index reconciliation_calls_announced on archiver.reconciliation_calls (announced_at) where started is not null or ended is not null;

-- What was heard of without a job coming of it: the assistant that took a call and what it wants, and recordings that have no audio or
-- stay where they are. Such a recording is not missing, and a missing one of such a call is treated as its assistant wishes.
create table archiver.heard_calls
(
    provider                text        not null,
    call_id                 text        not null,
    assistant_id            text,
    auto_save               boolean,
    create_database_records boolean,
    heard_at                timestamptz not null default now(),

    primary key (provider, call_id)
);

create index heard_calls_heard on archiver.heard_calls (heard_at);

create table archiver.heard_recordings
(
    recording_id uuid primary key,
    heard_at     timestamptz not null default now()
);

create index heard_recordings_heard on archiver.heard_recordings (heard_at);

-- Whether a call has other recordings is asked for each one found.
create index jobs_call on archiver.jobs (call_id);
