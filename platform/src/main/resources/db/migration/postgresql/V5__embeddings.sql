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
  vector bytea
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

-- The number at a place of a vector of little-endian float32.
create function float32_at(vector bytea, place integer) returns double precision
language sql immutable strict parallel safe as $$
  select case
    when (bits >> 23) = 0 then sign * (bits & 8388607) * power(2::double precision, -149)
    else sign * (1 + (bits & 8388607) / 8388608::double precision)
      * power(2::double precision, (bits >> 23) - 127)
  end
  from (
    select
      get_byte(vector, 4 * place)
        + (get_byte(vector, 4 * place + 1) << 8)
        + (get_byte(vector, 4 * place + 2) << 16)
        + ((get_byte(vector, 4 * place + 3) & 127) << 24) as bits,
      case when get_byte(vector, 4 * place + 3) >= 128 then -1 else 1 end as sign
  ) number
$$;

-- 1 less the cosine of two vectors of little-endian float32. For checks and small scans.
create function cosine_distance(a bytea, b bytea) returns double precision
language sql immutable strict parallel safe as $$
  select case
    when length(a) <> length(b) then null
    when min(aa) = 0 or min(bb) = 0 then 1
    else 1 - min(ab) / sqrt(min(aa)) / sqrt(min(bb))
  end
  from (
    select sum(x * y) as ab, sum(x * x) as aa, sum(y * y) as bb
    from (
      select float32_at(a, place) as x, float32_at(b, place) as y
      from generate_series(0, length(a) / 4 - 1) as place
    ) numbers
  ) sums
$$;

-- A string or truth value of a JSON document by its dotted path, as text, and a number; null where
-- there is none.
create function json_text(document jsonb, path text) returns text
language sql immutable strict parallel safe as $$
  select case
    when jsonb_typeof(document #> string_to_array(path, '.')) in ('string', 'boolean')
      then document #>> string_to_array(path, '.')
  end
$$;
create function json_number(document jsonb, path text) returns double precision
language sql immutable strict parallel safe as $$
  select case
    when jsonb_typeof(document #> string_to_array(path, '.')) = 'number'
      then (document #>> string_to_array(path, '.'))::double precision
  end
$$;
