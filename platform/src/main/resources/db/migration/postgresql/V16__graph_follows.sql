-- Analyses and agents that the graph has to follow. Columns as in V1; `origin` is ANALYSIS or AGENT.
-- What was there before is put in too.

create table graph_task (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  origin varchar(20) not null,
  origin_id uuid not null,
  attempts integer not null
);

insert into graph_task (id, user_id, created, updated, deleted, origin, origin_id, attempts)
select gen_random_uuid(), user_id, created, created, false, 'ANALYSIS', id, 0
from analysis where deleted = false and kind in ('CIRCUITS', 'GRAPHS');

insert into graph_task (id, user_id, created, updated, deleted, origin, origin_id, attempts)
select gen_random_uuid(), user_id, created, created, false, 'AGENT', id, 0
from agent where deleted = false;
