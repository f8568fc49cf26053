-- API keys as catalog tells of them, by their hashes: the highest version of each. Revoked ones stay, so that a late message does not revive them.
create table archiver.api_keys (
    id uuid primary key,
    version bigint not null,
    name text not null,
    key_sha256 bytea not null check (length(key_sha256) = 32),
    previous_sha256 bytea check (length(previous_sha256) = 32),
    previous_until timestamptz,
    scopes text[] not null,
    assistants text[],
    requests_per_minute integer,
    expires_at timestamptz,
    revoked_at timestamptz
);
