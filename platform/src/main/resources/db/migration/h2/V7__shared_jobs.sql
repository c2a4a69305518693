-- Jobs that several nodes share: whose turn it is, who works on what, and for how long.
alter table job add column urgency integer default 3 not null;
alter table job add column node varchar(100);
alter table job add column epoch integer default 0 not null;
alter table job add column lease_until timestamp(6) with time zone;
alter table job add column cancel_requested boolean default false not null;
alter table job add column takeovers integer default 0 not null;
alter table job add column last_event integer default 0 not null;
alter table job add column memory_bytes bigint default 0 not null;
update job
set last_event = (select coalesce(max(e.number), 0) from job_event e where e.job_id = job.id);
create index job_turns on job (state, user_id, urgency, id);
create index job_ended on job (ended);

-- Whatever a job makes, it makes once.
drop index job_event_job;
create unique index job_event_number on job_event (job_id, number);
create unique index agent_job on agent (job_id);
drop index analysis_job;
create unique index analysis_job on analysis (job_id);

-- One row, which belongs to no user: the user whose job started last.
create table job_turn (
  last_user varchar(255) not null,
  claims bigint not null
);
insert into job_turn (last_user, claims) values ('', 0);

-- Jobs wait in their own table now.
delete from scheduled_tasks where task_name = 'job';
