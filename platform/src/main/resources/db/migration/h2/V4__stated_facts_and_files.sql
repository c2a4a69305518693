-- What a checkpoint states about itself, and every kept file as a row. Columns as in V1.

-- Which kind of network it is, and what its weights were written by, where the checkpoint says so.
alter table model add column model_type varchar(100);
alter table model add column framework varchar(50);
update model set model_type = 'transformer';
alter table model alter column model_type set not null;
-- An index of H2 carries no further columns; they are the end of its key.
create index IX_Models_UserId_Type on model (user_id, model_type, name, parameters, created);

create table model_metadata (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  model_id uuid not null references model (id),
  architecture json not null,
  hyperparameters json,
  training_config json,
  training_metrics json,
  config json,
  generation_config json,
  card json,
  -- H2 has no index on an expression, but one on what an expression gives.
  architecture_model_type varchar(100) generated always as (
    trim(both '"' from cast((architecture)."model_type" as varchar(100))))
);
create unique index model_metadata_model on model_metadata (model_id);
create index IX_ModelMetadata_ModelType on model_metadata (architecture_model_type);

insert into model_metadata (id, user_id, created, updated, deleted, model_id, architecture)
select random_uuid(7), user_id, created, updated, deleted, id,
  ('{"model_type":"transformer","family":"' || family || '","layers":' || layers || ','
    || substring(cast(architecture as varchar) from 2)) format json
from model;

drop index component_layer;
create index IX_ModelComponents_Model_Layer on component (model_id, layer, ordinal, type, path);

-- The files of models, suites, texts, agents and analyses. Equal files have one hash; how many
-- rows have it is how often the content is in use.
create table stored_file (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  folder_id uuid not null,
  path varchar(1000) not null,
  sha256 varchar(64) not null,
  size_bytes bigint not null
);

insert into stored_file
select id, user_id, created, updated, deleted, model_id, path, sha256, size_bytes from model_file;
insert into stored_file
select random_uuid(7), user_id, created, updated, deleted, id, 'suite.jsonl', sha256, size_bytes
from capability_suite;
insert into stored_file
select random_uuid(7), user_id, created, updated, deleted, id, file, sha256, size_bytes from corpus;
insert into stored_file
select random_uuid(7), user_id, created, updated, deleted, id,
  trim(both '"' from cast((binaries[n.x])."path" as varchar)),
  trim(both '"' from cast((binaries[n.x])."sha256" as varchar)),
  cast(cast((binaries[n.x])."sizeBytes" as varchar) as bigint)
from agent cross join system_range(1, 2000) n where binaries[n.x] is not null;
insert into stored_file
select random_uuid(7), user_id, created, updated, deleted, id,
  trim(both '"' from cast((binaries[n.x])."path" as varchar)),
  trim(both '"' from cast((binaries[n.x])."sha256" as varchar)),
  cast(cast((binaries[n.x])."sizeBytes" as varchar) as bigint)
from analysis cross join system_range(1, 2000) n where binaries[n.x] is not null;
drop table model_file;

create index stored_file_folder on stored_file (folder_id, path);
create index stored_file_content on stored_file (sha256);

-- A word that SQL Server keeps for itself.
alter table corpus alter column file rename to file_name;
