-- False: the assistant asked for no row in the catalog, and every announcement of the job says so. Null counts as true.
alter table archiver.jobs add column create_database_records boolean;
