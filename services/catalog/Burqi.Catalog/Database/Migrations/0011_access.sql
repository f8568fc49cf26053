-- API keys: what each opens, and SHA-256 of it, since a key is random and long enough that nothing is learnt from that. Rows stay when a key is revoked:
-- events name it.
create table catalog.api_keys (
    id uuid primary key,
    name text not null check (length(name) between 1 and 100),
    key_sha256 bytea not null unique check (length(key_sha256) = 32),
    -- The one it was exchanged for, which is good a while longer.
    previous_sha256 bytea check (length(previous_sha256) = 32),
    previous_until timestamptz,
    scopes text[] not null check (cardinality(scopes) between 1 and 20),
    -- Null: not limited.
    assistants text[] check (cardinality(assistants) between 1 and 100),
    requests_per_minute integer check (requests_per_minute > 0),
    created_at timestamptz not null default now(),
    rotated_at timestamptz,
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz,
    version bigint not null,

    -- The outbox, as in catalog.assistants.
    due bigint not null default 1,
    announced bigint not null default 0,

    constraint api_keys_previous_ends check ((previous_sha256 is null) = (previous_until is null)),
    constraint api_keys_admin_is_not_limited check (assistants is null or 'admin' <> all (scopes))
);

create index api_keys_listed on catalog.api_keys (created_at desc, id desc);
create index api_keys_due on catalog.api_keys (id) where announced < due;

-- A browser's sessions, by SHA-256 of their tokens.
create table catalog.sessions (
    token_sha256 bytea primary key check (length(token_sha256) = 32),
    caller_id text not null check (length(caller_id) between 1 and 500),
    -- HMAC of the key's hash with the token, which is not here: it tells whether the key is still the same, and nothing else of it.
    key_check bytea check (length(key_check) = 32),
    -- Who it is, where that is not a key's holder.
    caller jsonb,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint sessions_of_a_key_or_not check ((key_check is null) <> (caller is null))
);

create index sessions_caller on catalog.sessions (caller_id, created_at desc);
create index sessions_expiry on catalog.sessions (expires_at);
