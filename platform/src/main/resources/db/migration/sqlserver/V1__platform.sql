-- Every table has the columns of an owned row. An empty user owns nothing.

create table model (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(255) not null,
  entry nvarchar(1000) not null,
  format nvarchar(50) not null,
  family nvarchar(100) not null,
  dtype nvarchar(50) not null,
  architecture nvarchar(max) not null check (isjson(architecture) = 1),
  layers integer not null,
  components integer not null,
  parameters bigint not null,
  size_bytes bigint not null,
  content_hash nvarchar(64) not null,
  licence nvarchar(255)
);
create index model_user on model (user_id, id);

create table model_file (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  model_id uniqueidentifier not null references model (id),
  path nvarchar(1000) not null,
  sha256 nvarchar(64) not null,
  size_bytes bigint not null
);
create index model_file_model on model_file (model_id);

create table model_layer (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  model_id uniqueidentifier not null references model (id),
  number integer not null,
  heads integer not null,
  key_heads integer not null,
  neurons integer not null
);
create index model_layer_model on model_layer (model_id, number);

create table component (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  model_id uniqueidentifier not null references model (id),
  ordinal integer not null,
  layer integer not null,
  type nvarchar(20) not null,
  number integer not null,
  path nvarchar(100) not null
);
create index component_model on component (model_id, ordinal);
create index component_layer on component (model_id, layer, type, ordinal);

create table capability_suite (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(100) not null,
  items integer not null,
  capabilities nvarchar(max) not null check (isjson(capabilities) = 1),
  sha256 nvarchar(64) not null,
  size_bytes bigint not null
);
create index capability_suite_user on capability_suite (user_id, name);

create table job (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  kind nvarchar(50) not null,
  state nvarchar(20) not null,
  stage nvarchar(100),
  progress float(53) not null,
  message nvarchar(1000),
  request nvarchar(max) not null check (isjson(request) = 1),
  result nvarchar(max) check (isjson(result) = 1),
  failure nvarchar(2000),
  started datetimeoffset(6),
  ended datetimeoffset(6)
);
create index job_user on job (user_id, id);

create table job_event (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  job_id uniqueidentifier not null references job (id),
  number integer not null,
  type nvarchar(20) not null,
  body nvarchar(max) not null check (isjson(body) = 1)
);
create index job_event_job on job_event (job_id, number);

create table agent (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(255) not null,
  domain nvarchar(100) not null,
  job_id uniqueidentifier not null references job (id),
  request nvarchar(max) not null check (isjson(request) = 1),
  report nvarchar(max) not null check (isjson(report) = 1),
  binaries nvarchar(max) not null check (isjson(binaries) = 1),
  components integer not null,
  parameters bigint not null,
  size_bytes bigint not null
);
create index agent_user on agent (user_id, id);
create index agent_name on agent (user_id, name);

create table deployment (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  agent_id uniqueidentifier not null references agent (id)
);
create index deployment_agent on deployment (user_id, agent_id);

-- The table of db-scheduler 16, which runs the jobs.
create table scheduled_tasks (
  task_name nvarchar(100) not null,
  task_instance nvarchar(100) not null,
  task_data varbinary(max),
  execution_time datetimeoffset(6) not null,
  picked bit not null,
  picked_by nvarchar(50),
  last_success datetimeoffset(6),
  last_failure datetimeoffset(6),
  consecutive_failures integer,
  last_heartbeat datetimeoffset(6),
  version bigint not null,
  priority smallint,
  primary key (task_name, task_instance)
);
create index scheduled_tasks_time on scheduled_tasks (execution_time);
create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat);
