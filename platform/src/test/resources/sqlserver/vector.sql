insert into component_embedding (component_id,created,deleted,kind,layer,model_id,path,source_id,updated,user_id,vector,version,id) values (?,?,?,?,?,?,?,?,?,?,?,?,?)
select er1_0.id,er1_0.component_id,er1_0.created,er1_0.deleted,er1_0.kind,er1_0.layer,er1_0.model_id,er1_0.path,er1_0.source_id,er1_0.updated,er1_0.user_id,er1_0.vector,er1_0.version from component_embedding er1_0 where er1_0.id=? and er1_0.user_id = ?
delete from component_embedding where id=?
-- EmbeddingRows.count
select er1_0.kind,count_big(er1_0.id) from component_embedding er1_0 where er1_0.user_id = ? and er1_0.model_id=? and er1_0.deleted=0 group by er1_0.kind
-- EmbeddingRows.find
select er1_0.id,er1_0.component_id,er1_0.created,er1_0.deleted,er1_0.kind,er1_0.layer,er1_0.model_id,er1_0.path,er1_0.source_id,er1_0.updated,er1_0.user_id,er1_0.vector,er1_0.version from component_embedding er1_0 where er1_0.user_id = ? and er1_0.id=? and er1_0.deleted=0
-- EmbeddingRows.forgetModel
update er1_0 set deleted=1,vector=null,version=?,updated=? from component_embedding er1_0 where er1_0.model_id=? and er1_0.deleted=0 and er1_0.user_id = ?
-- EmbeddingRows.forgetSource
update er1_0 set deleted=1,vector=null,version=?,updated=? from component_embedding er1_0 where er1_0.source_id=? and er1_0.deleted=0 and er1_0.user_id = ?
-- EmbeddingRows.named
select er1_0.id,er1_0.component_id,er1_0.created,er1_0.deleted,er1_0.kind,er1_0.layer,er1_0.model_id,er1_0.path,er1_0.source_id,er1_0.updated,er1_0.user_id,er1_0.vector,er1_0.version from component_embedding er1_0 where er1_0.user_id = ? and er1_0.model_id=? and er1_0.kind=? and er1_0.path=? and er1_0.deleted=0 order by er1_0.version desc
-- EmbeddingRows.ofComponent
select er1_0.id,er1_0.component_id,er1_0.created,er1_0.deleted,er1_0.kind,er1_0.layer,er1_0.model_id,er1_0.path,er1_0.source_id,er1_0.updated,er1_0.user_id,er1_0.vector,er1_0.version from component_embedding er1_0 where er1_0.user_id = ? and er1_0.component_id=? and er1_0.deleted=0
-- EmbeddingRows.remove
delete er1_0 from component_embedding er1_0 where er1_0.id in (?) and er1_0.user_id = ?
