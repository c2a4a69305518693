-- Names that stand for agents. Columns as in V1; each change of a name is a row, and the one with the
-- highest number counts. Without an agent the name was taken away.

create table agent_alias (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(64) not null,
  number integer not null check (number > 0),
  agent_id uuid references agent (id),
  constraint agent_alias_change unique (user_id, name, number)
);
