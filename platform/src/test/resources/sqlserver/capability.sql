insert into capability_suite (capabilities,created,items,name,sha256,size_bytes,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,?,0,?)
select sr1_0.id,sr1_0.capabilities,sr1_0.created,sr1_0.items,sr1_0.name,sr1_0.sha256,sr1_0.size_bytes,sr1_0.updated,sr1_0.user_id from capability_suite sr1_0 where sr1_0.deleted=0 and sr1_0.id=? and sr1_0.user_id = ?
update capability_suite set deleted=1 where id=? and deleted=0
-- SuiteRows.findFirstByName
select top (?) sr1_0.id,sr1_0.capabilities,sr1_0.created,sr1_0.items,sr1_0.name,sr1_0.sha256,sr1_0.size_bytes,sr1_0.updated,sr1_0.user_id from capability_suite sr1_0 where sr1_0.user_id = ? and sr1_0.name=? and sr1_0.deleted=0
-- SuiteRows.page
select top (?) sr1_0.id,sr1_0.capabilities,sr1_0.created,sr1_0.items,sr1_0.name,sr1_0.sha256,sr1_0.size_bytes,sr1_0.updated,sr1_0.user_id from capability_suite sr1_0 where sr1_0.user_id = ? and sr1_0.id>? and sr1_0.deleted=0 order by sr1_0.user_id,sr1_0.id
