-- Keys of requests that clients may send again, and their answers. Columns as in V1.
create table idempotency_key (
  id uniqueidentifier primary key,
  user_id nvarchar(255) not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  key_hash nvarchar(64) not null,
  request_hash nvarchar(64) not null,
  expires datetimeoffset(6) not null,
  status int,
  content_type nvarchar(255),
  location nvarchar(1000),
  body varbinary(max)
);
create unique index idempotency_key_user on idempotency_key (user_id, key_hash);
create index idempotency_key_expires on idempotency_key (user_id, expires);
