-- The outlines of recordings, as the archiver computed them: the greatest amplitude of each of so many stretches of equal length, one channel after
-- the other, a byte each. One is of the audio with that checksum, which a call's mix may show as well once it points at the provider's recording.
create table catalog.waveforms (
    recording_id uuid primary key,
    call_id text not null check (length(call_id) between 1 and 200),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    duration_ms bigint not null check (duration_ms >= 0),
    channels integer not null check (channels between 1 and 65535),
    points integer not null check (points between 1 and 4000),
    peaks bytea not null,
    computed_at timestamptz not null,
    constraint waveforms_peaks_are_all_there check (length(peaks) = channels * points)
);

create index waveforms_call on catalog.waveforms (call_id, sha256);
