-- Keys of requests that clients may send again, and their answers. Columns as in V1.
create table idempotency_key (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  key_hash varchar(64) not null,
  request_hash varchar(64) not null,
  expires timestamp(6) with time zone not null,
  status integer,
  content_type varchar(255),
  location varchar(1000),
  body bytea
);
create unique index idempotency_key_user on idempotency_key (user_id, key_hash);
create index idempotency_key_expires on idempotency_key (user_id, expires);
