-- The marketplace. Columns as in V1. Rows of several users meet here: whoever reads across them
-- names in each statement who may see what. Names are compared letter by letter.

-- Who offers agents, and under which name everybody knows them. The name is never changed.
create table publisher (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  handle nvarchar(50) collate Latin1_General_100_BIN2 not null,
  name nvarchar(100) collate Latin1_General_100_BIN2 not null,
  verified bit not null,
  constraint publisher_user unique (user_id),
  constraint publisher_handle unique (handle)
);

-- A version of an agent that is offered. Its files lie in a folder of its own. What it is never
-- changes; state, reason and the latest price do. The reference price is what a million tokens in,
-- a million out and a thousand requests of one month cost by the latest price.
create table listing (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  publisher nvarchar(50) collate Latin1_General_100_BIN2 not null,
  name nvarchar(50) collate Latin1_General_100_BIN2 not null,
  version int not null,
  agent_id uniqueidentifier not null,
  manifest_sha256 nvarchar(64) not null,
  title nvarchar(100) not null,
  summary nvarchar(500) not null,
  card nvarchar(max) not null,
  figures nvarchar(max) not null,
  licence nvarchar(300) not null,
  parameters bigint not null,
  size_bytes bigint not null,
  components bigint not null,
  access nvarchar(10) not null,
  state nvarchar(10) not null,
  reason nvarchar(500) not null,
  currency nvarchar(10) not null,
  reference_price numeric(38, 12) not null,
  constraint listing_version unique (publisher, name, version),
  constraint listing_manifest unique (publisher, name, manifest_sha256)
);
create index listing_user on listing (user_id, id);

-- What listings are found by: kind is ARCHITECTURE, CAPABILITY or LICENCE. Of a capability score is
-- the agent's measured figure, and kept the share of its source's that it keeps; null elsewhere.
create table listing_fact (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  listing_id uniqueidentifier not null references listing (id),
  kind nvarchar(20) not null,
  name nvarchar(200) collate Latin1_General_100_BIN2 not null,
  score numeric(38, 12),
  kept numeric(38, 12),
  constraint listing_fact_name unique (listing_id, kind, name)
);
create index listing_fact_kind on listing_fact (kind, name);

-- Who asked to be let in by a publisher, for all versions of a name. Of the tenant who asks.
create table listing_request (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  publisher nvarchar(50) collate Latin1_General_100_BIN2 not null,
  name nvarchar(50) collate Latin1_General_100_BIN2 not null,
  message nvarchar(1000) not null,
  state nvarchar(10) not null,
  constraint listing_request_name unique (user_id, publisher, name)
);
create index listing_request_publisher on listing_request (publisher, id);

-- A tenant may ask a listing's agent from its beginning until its end, which is null while nobody
-- ended it.
create table listing_subscription (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  listing_id uniqueidentifier not null references listing (id),
  begins datetimeoffset(6) not null,
  ends datetimeoffset(6),
  constraint listing_subscription_listing unique (user_id, listing_id)
);
create index listing_subscription_of on listing_subscription (listing_id);

-- What a tenant that has called a listing's agent thinks of it.
create table listing_review (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  listing_id uniqueidentifier not null references listing (id),
  rating int not null,
  remark nvarchar(4000) not null,
  constraint listing_review_tenant unique (user_id, listing_id),
  constraint listing_review_rating check (rating between 1 and 5)
);
create index listing_review_of on listing_review (listing_id, id);

-- What has a price of its own, of the user who is paid. Owners is JSON: the weight of each owner of
-- a source model.
create table offer (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(120) collate Latin1_General_100_BIN2 not null,
  currency nvarchar(10) not null,
  owners nvarchar(max) not null
);

-- Versions of an offer's price. A version is never changed; periods that begin after its creation
-- have it.
create table offer_price (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  offer_id uniqueidentifier not null references offer (id),
  version int not null,
  charges nvarchar(max) not null,
  constraint offer_price_version unique (offer_id, version)
);

-- The price that a tenant agreed to in the middle of a period.
create table offer_term (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  offer_id uniqueidentifier not null references offer (id),
  tenant nvarchar(255) collate Latin1_General_100_BIN2 not null,
  begins datetimeoffset(6) not null,
  version int not null,
  constraint offer_term_period unique (offer_id, tenant, begins)
);

-- What a tenant used of an offer in a period so far. Its log's row is locked whenever this changes.
create table usage_offer (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  tenant nvarchar(255) collate Latin1_General_100_BIN2 not null,
  agent_id uniqueidentifier not null,
  begins datetimeoffset(6) not null,
  tokens_in bigint not null,
  tokens_cached bigint not null,
  tokens_out bigint not null,
  calls bigint not null,
  constraint usage_offer_period unique (tenant, agent_id, begins)
);
create index usage_offer_agent on usage_offer (agent_id, tenant);
