-- What a job has found out so far.
alter table job add column details jsonb;
