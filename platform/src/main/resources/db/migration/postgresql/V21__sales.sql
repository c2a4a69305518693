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

-- What was sold of each offer with an invoice, of who sold it; what was refunded with a credit note
-- is below 0. The month is that of the buyer's calendar, 2026-11. Who bought is not in it.
create table sale (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  posting varchar(200) not null,
  offer_id uuid not null references offer (id),
  name varchar(120) not null,
  kind varchar(10) not null,
  calendar_month varchar(7) not null,
  currency varchar(10) not null,
  calls bigint not null,
  tokens_in bigint not null,
  tokens_cached bigint not null,
  tokens_out bigint not null,
  gross numeric(38, 12) not null,
  commission numeric(38, 12) not null,
  owners numeric(38, 12) not null,
  net numeric(38, 12) not null,
  constraint sale_once unique (posting, offer_id),
  constraint sale_sum check (gross = commission + owners + net)
);
create index sale_user on sale (user_id, calendar_month);

-- What came in for invoices; what went back is below 0. Kept is the part of a transfer that was more
-- than was open and went into the tenant's wallet.
create table invoice_receipt (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  invoice_id uuid not null references invoice (id),
  receipt_key varchar(200) not null,
  amount numeric(38, 12) not null,
  kept numeric(38, 12) not null,
  reference varchar(140) not null,
  constraint invoice_receipt_key unique (user_id, receipt_key)
);
create index invoice_receipt_invoice on invoice_receipt (invoice_id);

insert into invoice_receipt (id, user_id, created, updated, deleted, invoice_id, receipt_key, amount,
  kept, reference)
  select p.id, p.user_id, p.created, p.updated, p.deleted, p.invoice_id, concat('before:', p.intent),
    i.total, 0, '' from invoice_payment p join invoice i on i.id = p.invoice_id
    where p.state = 'PAID';
