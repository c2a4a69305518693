-- Payouts to owners and payments of invoices. Columns as in V1. Amounts are decimals.

-- Where an owner wants their money: a bank account, or an account at the payment provider.
create table payout_account (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  name nvarchar(70) not null,
  iban nvarchar(34) not null,
  bic nvarchar(11) not null,
  destination nvarchar(100) not null,
  constraint payout_account_user unique (user_id)
);

-- Payouts that are made together, known by a key. The author of a batch is an administrator.
create table payout_batch (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  batch_key nvarchar(100) not null,
  method nvarchar(10) not null,
  currency nvarchar(10) not null,
  booked_before datetimeoffset(6) not null,
  constraint payout_batch_key unique (batch_key)
);

-- What one owner gets, with the account as it was then.
create table payout (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  batch_id uniqueidentifier not null references payout_batch (id),
  currency nvarchar(10) not null,
  amount numeric(38, 12) not null check (amount > 0),
  state nvarchar(10) not null,
  name nvarchar(70) not null,
  iban nvarchar(34) not null,
  bic nvarchar(11) not null,
  destination nvarchar(100) not null,
  attempted datetimeoffset(6),
  reference nvarchar(100) not null,
  reason nvarchar(200) not null,
  constraint payout_once unique (batch_id, user_id)
);
create index payout_user on payout (user_id, id);

-- How far the payment of an invoice through the provider is.
create table invoice_payment (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  invoice_id uniqueidentifier not null references invoice (id),
  intent nvarchar(100) not null,
  state nvarchar(10) not null,
  constraint invoice_payment_invoice unique (invoice_id)
);

-- Events of the payment provider that were handled; each is handled once.
create table provider_event (
  id uniqueidentifier primary key,
  user_id nvarchar(255) collate Latin1_General_100_BIN2 not null check (user_id <> ''),
  created datetimeoffset(6) not null,
  updated datetimeoffset(6) not null,
  deleted bit not null,
  event_id nvarchar(100) not null,
  kind nvarchar(100) not null,
  constraint provider_event_id unique (event_id)
);
