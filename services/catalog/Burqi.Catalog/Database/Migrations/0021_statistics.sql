-- Who made a recording says much of what it holds, and how far it came. Taken for independent, two filters that no row meets look like two that every
-- tenth meets, and the whole list would be walked for a page of them.
create statistics catalog.recordings_kinds (mcv) on recording_source, recording_type, provider, status from catalog.recordings;
create statistics catalog.calls_kinds (mcv) on provider, status, direction, completeness from catalog.calls;
