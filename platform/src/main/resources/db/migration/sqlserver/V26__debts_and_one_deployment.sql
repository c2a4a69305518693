-- What a wallet owes: what was given back of top-ups after it was used. What comes into the wallet
-- pays it first.
alter table wallet add owed numeric(38, 12) not null
  constraint wallet_owed_usual default 0 constraint wallet_owed check (owed >= 0);
go
update wallet set owed = (
  select coalesce(sum(t.owed), 0) from wallet_top_up t
  where t.user_id = wallet.tenant and t.currency = wallet.currency
);

-- An agent is deployed once. Where two requests at once deployed it twice, the later one stays: it is
-- the one that was asked.
update deployment set deleted = 1 where deleted = 0 and exists (
  select 1 from deployment later where later.agent_id = deployment.agent_id
  and later.deleted = 0 and later.id > deployment.id
);
create unique index deployment_once on deployment (agent_id) where deleted = 0;
