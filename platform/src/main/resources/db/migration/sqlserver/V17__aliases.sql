-- Names that stand for agents. Columns as in V1; each change of a name is a row, and the one with the
-- highest number counts. Without an agent the name was taken away.

create table agent_alias (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(64) not null,
  number integer not null,
  agent_id uniqueidentifier,
  constraint agent_alias_change unique (user_id, name, number),
  constraint agent_alias_number check (number > 0),
  constraint agent_alias_agent foreign key (agent_id) references agent (id)
);
