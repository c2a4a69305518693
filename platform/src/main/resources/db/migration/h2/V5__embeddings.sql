-- Embeddings of components, features and capabilities. Columns as in V1. A deleted row keeps its
-- place without its vector, until every node's index has heard of it.

create table component_embedding (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  model_id uuid not null references model (id),
  source_id uuid not null,
  component_id uuid,
  kind varchar(20) not null,
  layer integer,
  path varchar(255) not null,
  version bigint not null,
  vector binary varying(6144)
);
create index component_embedding_version on component_embedding (version, id);
create index component_embedding_live on component_embedding (deleted, version);
create index component_embedding_model on component_embedding (user_id, model_id, kind, path);
create index component_embedding_component on component_embedding (component_id);
create index component_embedding_source on component_embedding (source_id);

-- One row: the version of the last change, and up to which version deleted rows are gone. A change
-- holds the row until it commits, so versions become visible in their order.
create table embedding_clock (
  id integer primary key,
  version bigint not null,
  horizon bigint not null
);
insert into embedding_clock (id, version, horizon) values (1, 0, 0);

-- 1 less the cosine of two vectors of little-endian float32.
create alias cosine_distance deterministic
  for 'ai.hartonomous.platform.vector.Float32.cosineDistance';

-- A string or truth value of a JSON document by its dotted path, as text, and a number; null where
-- there is none.
create alias json_text deterministic for 'ai.hartonomous.platform.query.JsonPaths.text';
create alias json_number deterministic for 'ai.hartonomous.platform.query.JsonPaths.number';
