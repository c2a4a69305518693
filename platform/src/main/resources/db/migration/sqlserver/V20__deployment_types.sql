-- Where a deployed agent computes: LOCAL in the server, as all did so far, or in a WORKER.
alter table deployment add deployment_type nvarchar(20) not null
  constraint deployment_type_usual default 'LOCAL';
