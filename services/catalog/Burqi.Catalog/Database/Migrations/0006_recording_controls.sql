-- What was asked of the recordings of live calls. The row is the outbox: who records is told of it until the bus has confirmed it.
create table catalog.recording_controls (
    id uuid primary key,
    -- The order in which they were asked, which is the order in which they count.
    number bigint generated always as identity unique,
    call_id text not null check (length(call_id) between 1 and 200),
    provider text not null check (provider in ('twilio', 'acs', 'livekit')),
    account_id text check (length(account_id) between 1 and 200),
    assistant_id text check (length(assistant_id) between 1 and 200),
    action text not null check (action in ('pause', 'resume', 'stop')),
    -- Whose answer the client waits for.
    awaits_provider boolean not null,
    awaits_local boolean not null,
    -- The database's time and not the replicas': who is told of two requests goes by it.
    requested_at timestamptz not null default clock_timestamp(),
    announced boolean not null default false
);

create index recording_controls_call on catalog.recording_controls (call_id, number desc);
create index recording_controls_due on catalog.recording_controls (number) where not announced;

-- What came of it: the provider's recording answers once, ours on every media node that has a stream of the call.
create table catalog.recording_control_answers (
    control_id uuid not null,
    scope text not null check (scope in ('local', 'provider')),
    answerer text not null check (length(answerer) between 1 and 200),
    call_id text not null check (length(call_id) between 1 and 200),
    applied boolean not null,
    reason text check (length(reason) between 1 and 2000),
    answered_at timestamptz not null,
    primary key (control_id, scope, answerer)
);
