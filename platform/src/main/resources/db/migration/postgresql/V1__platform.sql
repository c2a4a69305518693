-- Every table has the columns of an owned row. An empty user owns nothing.

create table model (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(255) not null,
  entry varchar(1000) not null,
  format varchar(50) not null,
  family varchar(100) not null,
  dtype varchar(50) not null,
  architecture jsonb not null,
  layers integer not null,
  components integer not null,
  parameters bigint not null,
  size_bytes bigint not null,
  content_hash varchar(64) not null,
  licence varchar(255)
);
create index model_user on model (user_id, id);

create table model_file (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  model_id uuid not null references model (id),
  path varchar(1000) not null,
  sha256 varchar(64) not null,
  size_bytes bigint not null
);
create index model_file_model on model_file (model_id);

create table model_layer (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  model_id uuid not null references model (id),
  number integer not null,
  heads integer not null,
  key_heads integer not null,
  neurons integer not null
);
create index model_layer_model on model_layer (model_id, number);

create table component (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  model_id uuid not null references model (id),
  ordinal integer not null,
  layer integer not null,
  type varchar(20) not null,
  number integer not null,
  path varchar(100) not null
);
create index component_model on component (model_id, ordinal);
create index component_layer on component (model_id, layer, type, ordinal);

create table capability_suite (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(100) not null,
  items integer not null,
  capabilities jsonb not null,
  sha256 varchar(64) not null,
  size_bytes bigint not null
);
create index capability_suite_user on capability_suite (user_id, name);

create table job (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  kind varchar(50) not null,
  state varchar(20) not null,
  stage varchar(100),
  progress double precision not null,
  message varchar(1000),
  request jsonb not null,
  result jsonb,
  failure varchar(2000),
  started timestamp(6) with time zone,
  ended timestamp(6) with time zone
);
create index job_user on job (user_id, id);

create table job_event (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  job_id uuid not null references job (id),
  number integer not null,
  type varchar(20) not null,
  body jsonb not null
);
create index job_event_job on job_event (job_id, number);

create table agent (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(255) not null,
  domain varchar(100) not null,
  job_id uuid not null references job (id),
  request jsonb not null,
  report jsonb not null,
  binaries jsonb not null,
  components integer not null,
  parameters bigint not null,
  size_bytes bigint not null
);
create index agent_user on agent (user_id, id);
create index agent_name on agent (user_id, name);

create table deployment (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  agent_id uuid not null references agent (id)
);
create index deployment_agent on deployment (user_id, agent_id);

-- The table of db-scheduler 16, which runs the jobs.
create table scheduled_tasks (
  task_name varchar(100) not null,
  task_instance varchar(100) not null,
  task_data bytea,
  execution_time timestamp(6) with time zone not null,
  picked boolean not null,
  picked_by varchar(50),
  last_success timestamp(6) with time zone,
  last_failure timestamp(6) with time zone,
  consecutive_failures integer,
  last_heartbeat timestamp(6) with time zone,
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_time on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);
