-- Texts that models read, and what was found out about models. Columns as in V1.

create table corpus (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(100) not null,
  file varchar(20) not null,
  sha256 varchar(64) not null,
  size_bytes bigint not null
);
create index corpus_user on corpus (user_id, name);

create table analysis (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  model_id uuid not null references model (id),
  job_id uuid not null references job (id),
  kind varchar(20) not null,
  request jsonb not null,
  report jsonb not null,
  binaries jsonb not null,
  size_bytes bigint not null
);
create index analysis_model on analysis (user_id, model_id, kind, id);
create index analysis_job on analysis (job_id);
