insert into agent (binaries,components,created,domain,job_id,name,parameters,report,request,size_bytes,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,?,?,?,?,?,0,?)
select ar1_0.id,ar1_0.binaries,ar1_0.components,ar1_0.created,ar1_0.domain,ar1_0.job_id,ar1_0.name,ar1_0.parameters,ar1_0.report,ar1_0.request,ar1_0.size_bytes,ar1_0.updated,ar1_0.user_id from agent ar1_0 where ar1_0.deleted=0 and ar1_0.id=? and ar1_0.user_id = ?
update agent set deleted=1 where id=? and deleted=0
-- AgentRows.findFirstByJobId
select top (?) ar1_0.id,ar1_0.binaries,ar1_0.components,ar1_0.created,ar1_0.domain,ar1_0.job_id,ar1_0.name,ar1_0.parameters,ar1_0.report,ar1_0.request,ar1_0.size_bytes,ar1_0.updated,ar1_0.user_id from agent ar1_0 where ar1_0.user_id = ? and ar1_0.job_id=? and ar1_0.deleted=0
