-- Whether a store takes what it is given, as the attempts of all replicas found it: what has refused for long enough sends recordings to the
-- fallback. Written only where there is one. Times are the database's, so that replicas agree.
create table archiver.store_states
(
    store           text primary key,
    -- Since when every attempt was refused; null while it takes objects.
    refusing_since  timestamptz,
    last_refused_at timestamptz,
    reason          text
);
