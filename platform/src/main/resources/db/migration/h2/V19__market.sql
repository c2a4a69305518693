-- The marketplace. Columns as in V1. Rows of several users meet here: whoever reads across them
-- names in each statement who may see what.

-- Who offers agents, and under which name everybody knows them. The name is never changed.
create table publisher (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  handle varchar(50) not null,
  name varchar(100) not null,
  verified boolean not null,
  constraint publisher_user unique (user_id),
  constraint publisher_handle unique (handle)
);

-- A version of an agent that is offered. Its files lie in a folder of its own. What it is never
-- changes; state, reason and the latest price do. The reference price is what a million tokens in,
-- a million out and a thousand requests of one month cost by the latest price.
create table listing (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  publisher varchar(50) not null,
  name varchar(50) not null,
  version integer not null,
  agent_id uuid not null,
  manifest_sha256 varchar(64) not null,
  title varchar(100) not null,
  summary varchar(500) not null,
  card varchar(100000) not null,
  figures varchar(1000000) not null,
  licence varchar(300) not null,
  parameters bigint not null,
  size_bytes bigint not null,
  components bigint not null,
  access varchar(10) not null,
  state varchar(10) not null,
  reason varchar(500) not null,
  currency varchar(10) not null,
  reference_price numeric(38, 12) not null,
  constraint listing_version unique (publisher, name, version),
  constraint listing_manifest unique (publisher, name, manifest_sha256)
);
create index listing_user on listing (user_id, id);

-- What listings are found by: kind is ARCHITECTURE, CAPABILITY or LICENCE. Of a capability score is
-- the agent's measured figure, and kept the share of its source's that it keeps; null elsewhere.
create table listing_fact (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  listing_id uuid not null references listing (id),
  kind varchar(20) not null,
  name varchar(200) not null,
  score numeric(38, 12),
  kept numeric(38, 12),
  constraint listing_fact_name unique (listing_id, kind, name)
);
create index listing_fact_kind on listing_fact (kind, name);

-- Who asked to be let in by a publisher, for all versions of a name. Of the tenant who asks.
create table listing_request (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  publisher varchar(50) not null,
  name varchar(50) not null,
  message varchar(1000) not null,
  state varchar(10) not null,
  constraint listing_request_name unique (user_id, publisher, name)
);
create index listing_request_publisher on listing_request (publisher, id);

-- A tenant may ask a listing's agent from its beginning until its end, which is null while nobody
-- ended it.
create table listing_subscription (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  listing_id uuid not null references listing (id),
  begins timestamp(6) with time zone not null,
  ends timestamp(6) with time zone,
  constraint listing_subscription_listing unique (user_id, listing_id)
);
create index listing_subscription_of on listing_subscription (listing_id);

-- What a tenant that has called a listing's agent thinks of it.
create table listing_review (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  listing_id uuid not null references listing (id),
  rating integer not null,
  remark varchar(4000) not null,
  constraint listing_review_tenant unique (user_id, listing_id),
  constraint listing_review_rating check (rating between 1 and 5)
);
create index listing_review_of on listing_review (listing_id, id);

-- What has a price of its own, of the user who is paid. Owners is JSON: the weight of each owner of
-- a source model.
create table offer (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(120) not null,
  currency varchar(10) not null,
  owners varchar(100000) not null
);

-- Versions of an offer's price. A version is never changed; periods that begin after its creation
-- have it.
create table offer_price (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  offer_id uuid not null references offer (id),
  version integer not null,
  charges varchar(100000) not null,
  constraint offer_price_version unique (offer_id, version)
);

-- The price that a tenant agreed to in the middle of a period.
create table offer_term (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  offer_id uuid not null references offer (id),
  tenant varchar(255) not null,
  begins timestamp(6) with time zone not null,
  version integer not null,
  constraint offer_term_period unique (offer_id, tenant, begins)
);

-- What a tenant used of an offer in a period so far. Its log's row is locked whenever this changes.
create table usage_offer (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  agent_id uuid not null,
  begins timestamp(6) with time zone not null,
  tokens_in bigint not null,
  tokens_cached bigint not null,
  tokens_out bigint not null,
  calls bigint not null,
  constraint usage_offer_period unique (tenant, agent_id, begins)
);
create index usage_offer_agent on usage_offer (agent_id, tenant);
