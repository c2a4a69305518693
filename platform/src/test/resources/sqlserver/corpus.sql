insert into corpus (created,file_name,name,sha256,size_bytes,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,0,?)
select cr1_0.id,cr1_0.created,cr1_0.file_name,cr1_0.name,cr1_0.sha256,cr1_0.size_bytes,cr1_0.updated,cr1_0.user_id from corpus cr1_0 where cr1_0.deleted=0 and cr1_0.id=? and cr1_0.user_id = ?
update corpus set deleted=1 where id=? and deleted=0
-- CorpusRows.findFirstByName
select top (?) cr1_0.id,cr1_0.created,cr1_0.file_name,cr1_0.name,cr1_0.sha256,cr1_0.size_bytes,cr1_0.updated,cr1_0.user_id from corpus cr1_0 where cr1_0.user_id = ? and cr1_0.name=? and cr1_0.deleted=0
-- CorpusRows.page
select top (?) cr1_0.id,cr1_0.created,cr1_0.file_name,cr1_0.name,cr1_0.sha256,cr1_0.size_bytes,cr1_0.updated,cr1_0.user_id from corpus cr1_0 where cr1_0.user_id = ? and cr1_0.id>? and cr1_0.deleted=0 order by cr1_0.user_id,cr1_0.id
