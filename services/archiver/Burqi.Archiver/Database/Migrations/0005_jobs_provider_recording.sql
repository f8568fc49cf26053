-- Whether a recording is known is asked by the provider's own id as well: a conference's may have been told of under its call or under the conference.
create index jobs_provider_recording on archiver.jobs (provider_recording_id) where provider_recording_id is not null and split_from is null;
