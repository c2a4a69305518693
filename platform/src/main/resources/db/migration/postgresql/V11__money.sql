-- Metering and money. Columns as in V1. Amounts are decimals, never floats.

-- How much may be used: by a key, a user or a tenant, in requests, tokens or money. The author is
-- who set it: what an administrator set is no user's to change.
create table budget (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  scope varchar(10) not null,
  subject varchar(255) not null,
  measure varchar(10) not null,
  period varchar(10) not null,
  author varchar(10) not null,
  most numeric(38, 12) not null check (most >= 0),
  constraint budget_subject unique (user_id, scope, subject, measure, period, author)
);
create index budget_user on budget (user_id, id);

-- What of a budget is held by calls under way, and what was spent, in one period.
create table budget_use (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  budget_id uuid not null references budget (id),
  begins timestamp(6) with time zone not null,
  reserved numeric(38, 12) not null check (reserved >= 0),
  spent numeric(38, 12) not null check (spent >= 0),
  constraint budget_use_period unique (budget_id, begins)
);

-- A call: reserved before it runs, settled after. Known by the SHA-256 of the client's key.
create table usage_call (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  call_key varchar(64) not null,
  request_hash varchar(64) not null,
  tenant varchar(255) not null,
  node varchar(50) not null,
  lease timestamp(6) with time zone not null,
  state varchar(10) not null,
  repeats integer not null,
  agent_id uuid not null,
  agent varchar(255) not null,
  key_id varchar(36) not null,
  constraint usage_call_key unique (user_id, call_key)
);
create index usage_call_lease on usage_call (state, lease);

-- What a call holds of a budget.
create table usage_hold (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  call_id uuid not null references usage_call (id),
  use_id uuid not null references budget_use (id),
  measure varchar(10) not null,
  amount numeric(38, 12) not null check (amount >= 0),
  constraint usage_hold_ends unique (call_id, use_id)
);

-- The end of a tenant's log of usage: its last number and time, and what was used in the period
-- so far.
create table usage_log (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  number bigint not null,
  latest timestamp(6) with time zone not null,
  begins timestamp(6) with time zone not null,
  tokens_in bigint not null,
  tokens_cached bigint not null,
  tokens_out bigint not null,
  calls bigint not null,
  constraint usage_log_tenant unique (tenant)
);

-- What was used. Rows are added and never changed. Numbers of a tenant have no gaps and grow with
-- the time. The amount is what the event added to the price of its period.
create table usage_event (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  number bigint not null,
  event_key varchar(64) not null,
  happened timestamp(6) with time zone not null,
  begins timestamp(6) with time zone not null,
  agent_id uuid not null,
  agent varchar(255) not null,
  key_id varchar(36) not null,
  outcome varchar(10) not null,
  tokens_in bigint not null check (tokens_in >= 0),
  tokens_cached bigint not null check (tokens_cached >= 0),
  tokens_out bigint not null check (tokens_out >= 0),
  calls bigint not null check (calls >= 0),
  compute_micros bigint not null check (compute_micros >= 0),
  amount numeric(38, 12) not null,
  currency varchar(10) not null,
  constraint usage_event_key unique (user_id, event_key),
  constraint usage_event_number unique (tenant, number)
);
create index usage_event_user on usage_event (user_id, tenant, number);
create index usage_event_period on usage_event (tenant, begins);

-- Who pays for a user. A user without a row pays for themselves.
create table billing_member (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  constraint billing_member_user unique (user_id)
);

-- How a tenant pays. A tenant without a row is not charged.
create table billing_account (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  currency varchar(10) not null,
  zone varchar(50) not null,
  terms varchar(10) not null,
  tax_code varchar(20) not null,
  constraint billing_account_tenant unique (tenant)
);

-- Prices. A version is never changed.
create table price_version (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  code varchar(50) not null,
  version integer not null,
  name varchar(100) not null,
  currency varchar(10) not null,
  charges varchar(4000) not null,
  constraint price_version_code unique (code, version)
);

-- From which period on a tenant has which prices.
create table billing_price (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  begins timestamp(6) with time zone not null,
  code varchar(50) not null,
  version integer not null,
  constraint billing_price_period unique (tenant, begins)
);

-- Money that was paid in before it is used.
create table wallet (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  currency varchar(10) not null,
  balance numeric(38, 12) not null,
  held numeric(38, 12) not null,
  constraint wallet_tenant unique (tenant),
  constraint wallet_held check (held >= 0 and balance >= held)
);

-- What a call holds of a wallet.
create table wallet_hold (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  call_id uuid not null references usage_call (id),
  tenant varchar(255) not null,
  amount numeric(38, 12) not null check (amount >= 0),
  constraint wallet_hold_call unique (call_id)
);

-- The ledger: each row takes an amount from one account and adds it to another, so that all
-- accounts together are always zero. Rows are added and never changed.
create table ledger_transfer (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  posting varchar(200) not null,
  line integer not null,
  source varchar(300) not null,
  target varchar(300) not null,
  amount numeric(38, 12) not null,
  currency varchar(10) not null,
  constraint ledger_transfer_line unique (posting, line),
  constraint ledger_transfer_amount check (amount > 0),
  constraint ledger_transfer_ends check (source <> target)
);
create index ledger_transfer_source on ledger_transfer (source);
create index ledger_transfer_target on ledger_transfer (target);

-- The last number of a tenant's invoices of a year.
create table invoice_number (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  calendar_year integer not null,
  latest bigint not null,
  constraint invoice_number_year unique (tenant, calendar_year)
);

-- Invoices and credit notes. Numbers of a tenant and year have no gaps.
create table invoice (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  tenant varchar(255) not null,
  posting varchar(200) not null,
  kind varchar(20) not null,
  calendar_year integer not null,
  sequence bigint not null,
  number varchar(300) not null,
  currency varchar(10) not null,
  begins timestamp(6) with time zone not null,
  ends timestamp(6) with time zone not null,
  net numeric(38, 12) not null,
  tax_code varchar(20) not null,
  tax_percent numeric(38, 12) not null,
  tax numeric(38, 12) not null,
  total numeric(38, 12) not null,
  refers_to uuid,
  constraint invoice_posting unique (posting),
  constraint invoice_sequence unique (tenant, calendar_year, sequence),
  constraint invoice_total check (total = net + tax)
);
create index invoice_user on invoice (user_id, id);

create table invoice_line (
  id uuid primary key,
  user_id varchar(255) not null check (user_id <> ''),
  created timestamp(6) with time zone not null,
  updated timestamp(6) with time zone not null,
  deleted boolean not null,
  invoice_id uuid not null references invoice (id),
  position integer not null,
  item varchar(20) not null,
  description varchar(300) not null,
  agent_id uuid,
  quantity numeric(38, 12) not null,
  amount numeric(38, 12) not null,
  constraint invoice_line_position unique (invoice_id, position)
);
