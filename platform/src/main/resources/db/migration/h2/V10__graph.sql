-- Features, what they influence, and circuits of them. Columns as in V1. Ids of features, influences
-- and members follow from what they are, so that nothing can be stored twice.

create table graph_feature (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  feature_key varchar(300) not null,
  name varchar(255) not null,
  kind varchar(20) not null,
  activation double precision,
  sparsity double precision,
  interpretation varchar(2000),
  model_id uuid,
  layer integer,
  coder varchar(100),
  number integer,
  constraint graph_feature_key unique (user_id, feature_key)
);

create table graph_influence (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  source_id uuid not null references graph_feature (id),
  target_id uuid not null references graph_feature (id),
  strength double precision not null,
  confidence double precision,
  method varchar(100),
  samples integer,
  seed bigint,
  constraint graph_influence_ends unique (source_id, target_id)
);
create index graph_influence_target on graph_influence (target_id, source_id);

create table graph_circuit (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(255) not null,
  description varchar(2000),
  model_id uuid,
  analysis_id uuid,
  agent_id uuid,
  constraint graph_circuit_name unique (user_id, name)
);
create index graph_circuit_user on graph_circuit (user_id, id);

create table graph_member (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  circuit_id uuid not null references graph_circuit (id),
  feature_id uuid not null references graph_feature (id),
  constraint graph_member_ends unique (circuit_id, feature_id)
);
create index graph_member_feature on graph_member (feature_id, circuit_id);

-- Procedures. H2 runs the platform's own code.
create alias train_skip_transcoder for
  "ai.hartonomous.platform.procedure.DatabaseProcedures.trainSkipTranscoder";
create alias create_feature_circuit for
  "ai.hartonomous.platform.procedure.DatabaseProcedures.createFeatureCircuit";
create alias get_performance_metrics for
  "ai.hartonomous.platform.procedure.DatabaseProcedures.performanceMetrics";
