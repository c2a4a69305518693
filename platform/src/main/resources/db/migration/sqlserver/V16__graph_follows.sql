-- Analyses and agents that the graph has to follow. Columns as in V1; `origin` is ANALYSIS or AGENT.
-- What was there before is put in too.

create table graph_task (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  origin nvarchar(20) not null,
  origin_id uniqueidentifier not null,
  attempts integer not null
);

insert into graph_task (id, user_id, created, updated, deleted, origin, origin_id, attempts)
select newid(), user_id, created, created, 0, 'ANALYSIS', id, 0
from analysis where deleted = 0 and kind in ('CIRCUITS', 'GRAPHS');

insert into graph_task (id, user_id, created, updated, deleted, origin, origin_id, attempts)
select newid(), user_id, created, created, 0, 'AGENT', id, 0
from agent where deleted = 0;
