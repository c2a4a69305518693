-- Where a deployed agent computes: LOCAL in the server, as all did so far, or in a WORKER.
alter table deployment add column deployment_type varchar(20) default 'LOCAL' not null;
