-- Users, refresh tokens, API keys, rate limits and the audit log. Columns as in V1.

-- Users that the built-in issuer knows. The user of a row is its own name.
create table account (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  kind varchar(20) not null,
  roles varchar(100) not null,
  secret varchar(255) not null,
  disabled boolean not null,
  constraint account_user unique (user_id)
);

-- A refresh token is known by the SHA-256 of its text. All that came of one login are a family.
create table refresh_token (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  family uuid not null,
  hash varchar(64) not null,
  expires timestamp(6) with time zone not null,
  used boolean not null,
  constraint refresh_token_hash unique (hash)
);
create index refresh_token_family on refresh_token (family);
create index refresh_token_user on refresh_token (user_id, expires);

-- An API key is known by the SHA-256 of its text; the beginning is kept to recognise it.
create table api_key (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(100) not null,
  beginning varchar(20) not null,
  hash varchar(64) not null,
  scopes varchar(100) not null,
  expires timestamp(6) with time zone,
  last_used timestamp(6) with time zone,
  constraint api_key_hash unique (hash)
);
create index api_key_user on api_key (user_id, id);

-- One token bucket for each user and kind of operation, in Bucket4j's form.
create table rate_bucket (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  operation varchar(50) not null,
  state bytea not null,
  constraint rate_bucket_key unique (user_id, operation)
);

-- What was done on a user's behalf. Each entry holds the hash of the one before; the numbers have
-- no gaps, and no number comes twice.
create table audit_entry (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  number bigint not null,
  actor varchar(255) not null,
  action varchar(50) not null,
  target varchar(500) not null,
  previous varchar(64) not null,
  hash varchar(64) not null,
  constraint audit_entry_number unique (user_id, number)
);
