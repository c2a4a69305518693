insert into deployment (agent_id,created,updated,user_id,deleted,id) values (?,?,?,?,0,?)
select dr1_0.id,dr1_0.agent_id,dr1_0.created,dr1_0.updated,dr1_0.user_id from deployment dr1_0 where dr1_0.deleted=0 and dr1_0.id=? and dr1_0.user_id = ?
update deployment set deleted=1 where id=? and deleted=0
-- DeploymentRows.findAllByOrderByIdDesc
select dr1_0.id,dr1_0.agent_id,dr1_0.created,dr1_0.updated,dr1_0.user_id from deployment dr1_0 where dr1_0.user_id = ? and dr1_0.deleted=0 order by dr1_0.id desc
-- DeploymentRows.findFirstByAgentId
select top (?) dr1_0.id,dr1_0.agent_id,dr1_0.created,dr1_0.updated,dr1_0.user_id from deployment dr1_0 where dr1_0.user_id = ? and dr1_0.agent_id=? and dr1_0.deleted=0
