-- Links by which a recording can be heard without a key. The token itself is nowhere: it is the id with an HMAC of it.
create table catalog.share_links (
    id uuid primary key,
    call_id text not null,
    recording_id uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    -- Whose key it was made with: the link ends with the key.
    key_id text not null,
    key_name text not null,
    revoked_at timestamptz,
    constraint share_links_expires_after_it_began check (expires_at > created_at)
);

create index share_links_recording on catalog.share_links (recording_id, created_at desc, id);

-- What this installation signs with, drawn once by whichever replica comes first.
create table catalog.secrets (
    name text primary key,
    value bytea not null check (length(value) = 32)
);
