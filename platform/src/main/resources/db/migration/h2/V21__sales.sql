-- Sales, minimums, and payments of tenants. Columns as in V1.

-- What an administrator took down, its publisher does not offer again.
update listing set state = 'BARRED'
  where state = 'TAKEN_DOWN' and reason <> 'taken down by its publisher';

-- Least price of a whole month; null without one.
alter table offer_price add column minimum numeric(38, 12);

-- When a tenant was subscribed before its subscription ended and began anew: minimums are owed for
-- these days too.
create table listing_subscription_past (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  listing_id uuid not null references listing (id),
  begins timestamp(6) with time zone not null,
  ends timestamp(6) with time zone not null
);
create index listing_subscription_past_user on listing_subscription_past (user_id, begins);
