-- Features, what they influence, and circuits of them. Columns as in V1. Ids of features, influences
-- and members follow from what they are, so that nothing can be stored twice.

create table graph_feature (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  feature_key nvarchar(300) not null,
  name nvarchar(255) not null,
  kind nvarchar(20) not null,
  activation float(53),
  sparsity float(53),
  interpretation nvarchar(2000),
  model_id uniqueidentifier,
  layer integer,
  coder nvarchar(100),
  number integer,
  constraint graph_feature_key unique (user_id, feature_key)
);

create table graph_influence (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  source_id uniqueidentifier not null references graph_feature (id),
  target_id uniqueidentifier not null references graph_feature (id),
  strength float(53) not null,
  confidence float(53),
  method nvarchar(100),
  samples integer,
  seed bigint,
  constraint graph_influence_ends unique (source_id, target_id)
);
create index graph_influence_target on graph_influence (target_id, source_id);

create table graph_circuit (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(255) not null,
  description nvarchar(2000),
  model_id uniqueidentifier,
  analysis_id uniqueidentifier,
  agent_id uniqueidentifier,
  constraint graph_circuit_name unique (user_id, name)
);
create index graph_circuit_user on graph_circuit (user_id, id);

create table graph_member (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  circuit_id uniqueidentifier not null references graph_circuit (id),
  feature_id uniqueidentifier not null references graph_feature (id),
  constraint graph_member_ends unique (circuit_id, feature_id)
);
create index graph_member_feature on graph_member (feature_id, circuit_id);
go

-- Procedures. They queue a job as the platform itself does, and select its id: the work is done by
-- whichever node takes the job. Who may call them may do anything to the rows of all users.

-- UUID version 7 out of milliseconds and chance.
create procedure hartonomous_id @id uniqueidentifier output as
begin
  declare @hex varchar(40) = convert(varchar(40),
    convert(binary(6), datediff_big(millisecond, '1970-01-01', sysutcdatetime()))
      + crypt_gen_random(10), 2);
  set @id = convert(uniqueidentifier, concat(substring(@hex, 1, 8), '-', substring(@hex, 9, 4),
    '-7', substring(@hex, 14, 3), '-8', substring(@hex, 18, 3), '-', substring(@hex, 21, 12)));
end
go

create procedure hartonomous_enqueue
  @owner nvarchar(255), @kind nvarchar(50), @request nvarchar(max), @job uniqueidentifier output as
begin
  set nocount on;
  declare @event uniqueidentifier;
  declare @moment datetimeoffset(6) = sysdatetimeoffset() at time zone 'UTC';
  exec hartonomous_id @job output;
  exec hartonomous_id @event output;
  begin transaction;
  insert into job (id, user_id, created, updated, deleted, kind, state, progress, request, last_event)
  values (@job, @owner, @moment, @moment, 0, @kind, 'QUEUED', 0, @request, 1);
  insert into job_event (id, user_id, created, updated, deleted, job_id, number, type, body)
  values (@event, @owner, @moment, @moment, 0, @job, 1, 'state',
    json_object('id': lower(convert(nvarchar(36), @job)), 'kind': @kind, 'state': 'queued',
      'progress': 0, 'created': convert(nvarchar(40), @moment, 127)));
  commit;
end
go

create procedure train_skip_transcoder
  @model_id uniqueidentifier, @activation_data nvarchar(max), @epochs integer,
  @learning_rate float(53) as
begin
  set nocount on;
  declare @owner nvarchar(255);
  declare @job uniqueidentifier;
  select @owner = user_id from model where id = @model_id and deleted = 0;
  if @owner is null throw 50000, 'there is no such model', 1;
  if @activation_data is null or @epochs is null or @learning_rate is null
    throw 50000, 'TRAIN_SKIP_TRANSCODER takes no nulls', 1;
  declare @request nvarchar(max) = json_object(
    'modelId': lower(convert(nvarchar(36), @model_id)), 'activationData': @activation_data,
    'epochs': @epochs, 'learningRate': @learning_rate);
  exec hartonomous_enqueue @owner, 'skip_transcoder', @request, @job output;
  select @job as job_id;
end
go

create procedure create_feature_circuit
  @features nvarchar(max), @relationships nvarchar(max), @user_id nvarchar(255) as
begin
  set nocount on;
  declare @job uniqueidentifier;
  if @features is null or @relationships is null or coalesce(@user_id, '') = ''
    throw 50000, 'CREATE_FEATURE_CIRCUIT takes no nulls and no empty user', 1;
  declare @request nvarchar(max) = json_object('features': @features,
    'relationships': @relationships);
  exec hartonomous_enqueue @user_id, 'feature_circuit', @request, @job output;
  select @job as job_id;
end
go

-- Statements that touch components, then vector indexes, as the specification has it.
create procedure get_performance_metrics as
begin
  set nocount on;
  select
    'dm_exec_query_stats' as source,
    substring(qt.text, qs.statement_start_offset / 2 + 1,
      (case when qs.statement_end_offset = -1 then len(convert(nvarchar(max), qt.text)) * 2
        else qs.statement_end_offset end - qs.statement_start_offset) / 2 + 1) as name,
    qs.execution_count as executions,
    qs.total_elapsed_time / 1000.0 / qs.execution_count as average_millis,
    qs.max_elapsed_time / 1000.0 as max_millis,
    convert(float(53), qs.total_rows) / qs.execution_count as average_rows
  from sys.dm_exec_query_stats qs
  cross apply sys.dm_exec_sql_text(qs.sql_handle) qt
  where qt.text like '%component%' or qt.text like '%embedding%'
  union all
  select
    'dm_db_index_usage_stats', concat(object_name(i.object_id), '.', i.name),
    s.user_seeks + s.user_scans + s.user_lookups, null, null, null
  from sys.indexes i
  join sys.dm_db_index_usage_stats s
    on i.object_id = s.object_id and i.index_id = s.index_id and s.database_id = db_id()
  where i.type_desc like '%VECTOR%'
  order by average_millis desc;
end
go
