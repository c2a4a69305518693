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

-- Procedures. They queue a job as the platform itself does, and return its id: the work is done by
-- whichever node takes the job. Who may call them may do anything to the rows of all users.

create function hartonomous_id() returns uuid language sql volatile as $$
  -- UUID version 7: 48 bits of milliseconds, then chance; bits 52 and 53 make version 4 a 7
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1),
    'hex')::uuid
$$;

create function hartonomous_enqueue(owner varchar, job_kind varchar, order_body jsonb) returns uuid
language plpgsql as $$
declare
  new_id uuid := hartonomous_id();
  moment timestamp with time zone := clock_timestamp();
begin
  insert into job (id, user_id, created, updated, deleted, kind, state, progress, request, last_event)
  values (new_id, owner, moment, moment, false, job_kind, 'QUEUED', 0, order_body, 1);
  insert into job_event (id, user_id, created, updated, deleted, job_id, number, type, body)
  values (hartonomous_id(), owner, moment, moment, false, new_id, 1, 'state',
    jsonb_build_object('id', new_id, 'kind', job_kind, 'state', 'queued', 'progress', 0.0,
      'created', to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')));
  return new_id;
end
$$;

create function train_skip_transcoder(
  model_id uuid, activation_data text, epochs integer, learning_rate double precision)
returns uuid language plpgsql as $$
declare
  owner varchar;
begin
  select m.user_id into owner from model m
  where m.id = train_skip_transcoder.model_id and not m.deleted;
  if owner is null then
    raise exception 'there is no model %', model_id;
  end if;
  if activation_data is null or epochs is null or learning_rate is null then
    raise exception 'TRAIN_SKIP_TRANSCODER takes no nulls';
  end if;
  return hartonomous_enqueue(owner, 'skip_transcoder',
    jsonb_build_object('modelId', model_id, 'activationData', activation_data,
      'epochs', epochs, 'learningRate', learning_rate));
end
$$;

create function create_feature_circuit(features text, relationships text, user_id varchar)
returns uuid language plpgsql as $$
begin
  if features is null or relationships is null or coalesce(user_id, '') = '' then
    raise exception 'CREATE_FEATURE_CIRCUIT takes no nulls and no empty user';
  end if;
  return hartonomous_enqueue(user_id, 'feature_circuit',
    jsonb_build_object('features', features, 'relationships', relationships));
end
$$;

-- Statements where pg_stat_statements is loaded and created; else how tables and indexes are used.
create function get_performance_metrics()
returns table (source text, name text, executions bigint, average_millis double precision,
  max_millis double precision, average_rows double precision)
language plpgsql as $$
begin
  if to_regclass('pg_stat_statements') is not null
    and current_setting('shared_preload_libraries') like '%pg_stat_statements%' then
    return query execute
      'select ''pg_stat_statements'', s.query, s.calls, s.mean_exec_time, s.max_exec_time,
         s.rows::double precision / greatest(s.calls, 1)
       from pg_stat_statements s join pg_database d on d.oid = s.dbid
       where d.datname = current_database() order by s.mean_exec_time desc';
  else
    return query
      select 'pg_stat_user_tables'::text, t.relname::text,
        coalesce(t.seq_scan, 0) + coalesce(t.idx_scan, 0), null::double precision,
        null::double precision,
        (coalesce(t.seq_tup_read, 0) + coalesce(t.idx_tup_fetch, 0))::double precision
          / greatest(coalesce(t.seq_scan, 0) + coalesce(t.idx_scan, 0), 1)
      from pg_stat_user_tables t
      union all
      select 'pg_stat_user_indexes'::text, i.indexrelname::text, i.idx_scan,
        null::double precision, null::double precision,
        i.idx_tup_read::double precision / greatest(i.idx_scan, 1)
      from pg_stat_user_indexes i
      order by 3 desc;
  end if;
end
$$;
