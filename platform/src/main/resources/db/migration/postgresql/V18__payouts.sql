-- Payouts to owners and payments of invoices. Columns as in V1. Amounts are decimals.

-- Where an owner wants their money: a bank account, or an account at the payment provider.
create table payout_account (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  name varchar(70) not null,
  iban varchar(34) not null,
  bic varchar(11) not null,
  destination varchar(100) not null,
  constraint payout_account_user unique (user_id)
);

-- Payouts that are made together, known by a key. The author of a batch is an administrator.
create table payout_batch (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  batch_key varchar(100) not null,
  method varchar(10) not null,
  currency varchar(10) not null,
  booked_before timestamp(6) with time zone not null,
  constraint payout_batch_key unique (batch_key)
);

-- What one owner gets, with the account as it was then.
create table payout (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  batch_id uuid not null references payout_batch (id),
  currency varchar(10) not null,
  amount numeric(38, 12) not null check (amount > 0),
  state varchar(10) not null,
  name varchar(70) not null,
  iban varchar(34) not null,
  bic varchar(11) not null,
  destination varchar(100) not null,
  attempted timestamp(6) with time zone,
  reference varchar(100) not null,
  reason varchar(200) not null,
  constraint payout_once unique (batch_id, user_id)
);
create index payout_user on payout (user_id, id);

-- How far the payment of an invoice through the provider is.
create table invoice_payment (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  invoice_id uuid not null references invoice (id),
  intent varchar(100) not null,
  state varchar(10) not null,
  constraint invoice_payment_invoice unique (invoice_id)
);

-- Events of the payment provider that were handled; each is handled once.
create table provider_event (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  event_id varchar(100) not null,
  kind varchar(100) not null,
  constraint provider_event_id unique (event_id)
);
