-- Texts that models read, and what was found out about models. Columns as in V1.

create table corpus (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(100) not null,
  file_name nvarchar(20) not null,
  sha256 nvarchar(64) not null,
  size_bytes bigint not null
);
create index corpus_user on corpus (user_id, name);

create table analysis (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  model_id uniqueidentifier not null references model (id),
  job_id uniqueidentifier not null references job (id),
  kind nvarchar(20) not null,
  request nvarchar(max) not null check (isjson(request) = 1),
  report nvarchar(max) not null check (isjson(report) = 1),
  binaries nvarchar(max) not null check (isjson(binaries) = 1),
  size_bytes bigint not null
);
create index analysis_model on analysis (user_id, model_id, kind, id);
create index analysis_job on analysis (job_id);
