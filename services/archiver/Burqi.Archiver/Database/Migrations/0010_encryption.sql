-- The key that the object is encrypted with, as far as is known; null where it lies as it is. What an object itself says counts.
alter table archiver.jobs add column encryption_key_id text;

create index jobs_encrypted on archiver.jobs (encryption_key_id) where encryption_key_id is not null and status = 'completed';

-- Having all objects encrypted with a new key. Every object is looked at, in the order of the jobs, so whoever takes a rotation over goes on
-- where it stopped.
create table archiver.encryption_rotations
(
    id          uuid primary key,
    key_id      text        not null,
    status      text        not null default 'running' check (status in ('running', 'completed', 'failed', 'superseded')),
    position    uuid        not null default '00000000-0000-0000-0000-000000000000',
    looked_at   bigint      not null default 0,
    rewrapped   bigint      not null default 0,
    failed      bigint      not null default 0,
    error       text,
    created_at  timestamptz not null default now(),
    started_at  timestamptz,
    updated_at  timestamptz not null default now(),
    finished_at timestamptz
);

create unique index encryption_rotations_running on archiver.encryption_rotations (status) where status = 'running';
create index encryption_rotations_created on archiver.encryption_rotations (created_at desc);
