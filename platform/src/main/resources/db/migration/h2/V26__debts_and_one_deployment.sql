-- What a wallet owes: what was given back of top-ups after it was used. What comes into the wallet
-- pays it first.
alter table wallet add column owed numeric(38, 12) default 0 not null check (owed >= 0);
update wallet set owed = (
  select coalesce(sum(t.owed), 0) from wallet_top_up t
  where t.user_id = wallet.tenant and t.currency = wallet.currency
);

-- An agent is deployed once. Where two requests at once deployed it twice, the later one stays: it is
-- the one that was asked.
update deployment set deleted = true where deleted = false and exists (
  select 1 from deployment later where later.agent_id = deployment.agent_id
  and later.deleted = false and later.id > deployment.id
);
alter table deployment add column deployed_agent uuid generated always as (
  case when deleted then null else agent_id end
);
create unique index deployment_once on deployment (deployed_agent);
