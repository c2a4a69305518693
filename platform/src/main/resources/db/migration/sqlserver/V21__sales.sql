-- Sales, minimums, and payments of tenants. Columns as in V1.

-- What an administrator took down, its publisher does not offer again.
update listing set state = 'BARRED'
  where state = 'TAKEN_DOWN' and reason <> 'taken down by its publisher';

-- Least price of a whole month; null without one.
alter table offer_price add minimum numeric(38, 12);

-- When a tenant was subscribed before its subscription ended and began anew: minimums are owed for
-- these days too.
create table listing_subscription_past (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  listing_id uniqueidentifier not null references listing (id),
  begins datetimeoffset(6) not null,
  ends datetimeoffset(6) not null
);
create index listing_subscription_past_user on listing_subscription_past (user_id, begins);
