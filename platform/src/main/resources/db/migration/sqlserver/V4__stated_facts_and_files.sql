-- What a checkpoint states about itself, and every kept file as a row. Columns as in V1.

-- Which kind of network it is, and what its weights were written by, where the checkpoint says so.
alter table model add
  model_type nvarchar(100) not null constraint model_type_before default 'transformer',
  framework nvarchar(50);
alter table model drop constraint model_type_before;
go
create index IX_Models_UserId_Type on model (user_id, model_type)
  include (name, parameters, created);

create table model_metadata (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  model_id uniqueidentifier not null references model (id),
  architecture nvarchar(max) not null check (isjson(architecture) = 1),
  hyperparameters nvarchar(max) check (isjson(hyperparameters) = 1),
  training_config nvarchar(max) check (isjson(training_config) = 1),
  training_metrics nvarchar(max) check (isjson(training_metrics) = 1),
  config nvarchar(max) check (isjson(config) = 1),
  generation_config nvarchar(max) check (isjson(generation_config) = 1),
  card nvarchar(max) check (isjson(card) = 1),
  -- An index is on a column, not on an expression; the optimizer takes it for the expression too.
  architecture_model_type as cast(json_value(architecture, '$.model_type') as nvarchar(100))
);
create unique index model_metadata_model on model_metadata (model_id);
create index IX_ModelMetadata_ModelType on model_metadata (architecture_model_type);
go

insert into model_metadata (id, user_id, created, updated, deleted, model_id, architecture)
select newid(), user_id, created, updated, deleted, id,
  json_modify(json_modify(json_modify(architecture, '$.model_type', 'transformer'),
    '$.family', family), '$.layers', layers)
from model;

drop index component_layer on component;
create index IX_ModelComponents_Model_Layer on component (model_id, layer, ordinal)
  include (type, path);

-- The files of models, suites, texts, agents and analyses. Equal files have one hash; how many
-- rows have it is how often the content is in use.
create table stored_file (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  folder_id uniqueidentifier not null,
  path nvarchar(1000) not null,
  sha256 nvarchar(64) not null,
  size_bytes bigint not null
);
go

insert into stored_file
select id, user_id, created, updated, deleted, model_id, path, sha256, size_bytes from model_file;
insert into stored_file
select newid(), user_id, created, updated, deleted, id, 'suite.jsonl', sha256, size_bytes
from capability_suite;
insert into stored_file
select newid(), user_id, created, updated, deleted, id, file_name, sha256, size_bytes from corpus;
insert into stored_file
select newid(), user_id, created, updated, deleted, agent.id,
  json_value(f.value, '$.path'), json_value(f.value, '$.sha256'),
  cast(json_value(f.value, '$.sizeBytes') as bigint)
from agent cross apply openjson(binaries) f;
insert into stored_file
select newid(), user_id, created, updated, deleted, analysis.id,
  json_value(f.value, '$.path'), json_value(f.value, '$.sha256'),
  cast(json_value(f.value, '$.sizeBytes') as bigint)
from analysis cross apply openjson(binaries) f;
go
drop table model_file;

-- The key of an index has at most 1,700 bytes; a path may be longer.
create index stored_file_folder on stored_file (folder_id) include (path);
create index stored_file_content on stored_file (sha256);
