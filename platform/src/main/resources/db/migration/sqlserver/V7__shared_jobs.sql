-- Jobs that several nodes share: whose turn it is, who works on what, and for how long.
alter table job add urgency integer default 3 not null;
alter table job add node nvarchar(100);
alter table job add epoch integer default 0 not null;
alter table job add lease_until datetimeoffset(6);
alter table job add cancel_requested bit default 0 not null;
alter table job add takeovers integer default 0 not null;
alter table job add last_event integer default 0 not null;
alter table job add memory_bytes bigint default 0 not null;
go
update job
set last_event = (select coalesce(max(e.number), 0) from job_event e where e.job_id = job.id);
create index job_turns on job (state, user_id, urgency, id);
create index job_ended on job (ended);

-- Whatever a job makes, it makes once.
drop index job_event_job on job_event;
create unique index job_event_number on job_event (job_id, number);
create unique index agent_job on agent (job_id);
drop index analysis_job on analysis;
create unique index analysis_job on analysis (job_id);

-- One row, which belongs to no user: the user whose job started last.
create table job_turn (
  last_user nvarchar(255) not null,
  claims bigint not null
);
insert into job_turn (last_user, claims) values ('', 0);

-- Jobs wait in their own table now.
delete from scheduled_tasks where task_name = 'job';
