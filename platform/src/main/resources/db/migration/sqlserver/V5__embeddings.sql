-- Embeddings of components, features and capabilities. Columns as in V1. A deleted row keeps its
-- place without its vector, until every node's index has heard of it.

create table component_embedding (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  model_id uniqueidentifier not null references model (id),
  source_id uniqueidentifier not null,
  component_id uniqueidentifier,
  kind nvarchar(20) not null,
  layer integer,
  path nvarchar(255) not null,
  version bigint not null,
  vector vector(1536)
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

go

-- A string or truth value of a JSON document by its dotted path, as text, and a number; null where
-- there is none.
create function json_text(@document nvarchar(max), @path nvarchar(200)) returns nvarchar(4000)
as
begin
  declare @dot int = charindex('.', reverse(@path));
  declare @key nvarchar(200) = case @dot when 0 then @path else right(@path, @dot - 1) end;
  declare @parent nvarchar(400) = case @dot
    when 0 then '$'
    else '$."' + replace(left(@path, len(@path) - @dot), '.', '"."') + '"'
  end;
  return (
    select value from openjson(@document, @parent) where [key] = @key and type in (1, 3)
  );
end;
go

create function json_number(@document nvarchar(max), @path nvarchar(200)) returns float
as
begin
  declare @dot int = charindex('.', reverse(@path));
  declare @key nvarchar(200) = case @dot when 0 then @path else right(@path, @dot - 1) end;
  declare @parent nvarchar(400) = case @dot
    when 0 then '$'
    else '$."' + replace(left(@path, len(@path) - @dot), '.', '"."') + '"'
  end;
  return (
    select try_cast(value as float) from openjson(@document, @parent) where [key] = @key and type in (2)
  );
end;
go
