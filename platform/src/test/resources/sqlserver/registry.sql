insert into component (created,layer,model_id,number,ordinal,path,type,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,?,?,0,?)
select cr1_0.id,cr1_0.created,cr1_0.layer,cr1_0.model_id,cr1_0.number,cr1_0.ordinal,cr1_0.path,cr1_0.type,cr1_0.updated,cr1_0.user_id from component cr1_0 where cr1_0.deleted=0 and cr1_0.id=? and cr1_0.user_id = ?
update component set deleted=1 where id=? and deleted=0
insert into model_layer (created,heads,key_heads,model_id,neurons,number,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,?,0,?)
select lr1_0.id,lr1_0.created,lr1_0.heads,lr1_0.key_heads,lr1_0.model_id,lr1_0.neurons,lr1_0.number,lr1_0.updated,lr1_0.user_id from model_layer lr1_0 where lr1_0.deleted=0 and lr1_0.id=? and lr1_0.user_id = ?
update model_layer set deleted=1 where id=? and deleted=0
insert into model_metadata (architecture,card,config,created,generation_config,hyperparameters,model_id,training_config,training_metrics,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,?,?,?,?,0,?)
select mr1_0.id,mr1_0.architecture,mr1_0.card,mr1_0.config,mr1_0.created,mr1_0.generation_config,mr1_0.hyperparameters,mr1_0.model_id,mr1_0.training_config,mr1_0.training_metrics,mr1_0.updated,mr1_0.user_id from model_metadata mr1_0 where mr1_0.deleted=0 and mr1_0.id=? and mr1_0.user_id = ?
update model_metadata set deleted=1 where id=? and deleted=0
insert into model (architecture,components,content_hash,created,dtype,entry,family,format,framework,layers,licence,model_type,name,parameters,size_bytes,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,?)
select mr1_0.id,mr1_0.architecture,mr1_0.components,mr1_0.content_hash,mr1_0.created,mr1_0.dtype,mr1_0.entry,mr1_0.family,mr1_0.format,mr1_0.framework,mr1_0.layers,mr1_0.licence,mr1_0.model_type,mr1_0.name,mr1_0.parameters,mr1_0.size_bytes,mr1_0.updated,mr1_0.user_id from model mr1_0 where mr1_0.deleted=0 and mr1_0.id=? and mr1_0.user_id = ?
update model set deleted=1 where id=? and deleted=0
-- ComponentRows.deleteByModel
update cr1_0 set deleted=1 from component cr1_0 where cr1_0.model_id=? and cr1_0.user_id = ? and cr1_0.deleted=0
-- ComponentRows.names
select cr1_0.path,cr1_0.id from component cr1_0 where cr1_0.user_id = ? and cr1_0.model_id=? and cr1_0.deleted=0
-- LayerRows.deleteByModel
update lr1_0 set deleted=1 from model_layer lr1_0 where lr1_0.model_id=? and lr1_0.user_id = ? and lr1_0.deleted=0
-- LayerRows.findByModelIdOrderByNumber
select lr1_0.id,lr1_0.created,lr1_0.heads,lr1_0.key_heads,lr1_0.model_id,lr1_0.neurons,lr1_0.number,lr1_0.updated,lr1_0.user_id from model_layer lr1_0 where lr1_0.user_id = ? and lr1_0.model_id=? and lr1_0.deleted=0 order by lr1_0.number
-- MetadataRows.deleteByModel
update mr1_0 set deleted=1 from model_metadata mr1_0 where mr1_0.model_id=? and mr1_0.user_id = ? and mr1_0.deleted=0
-- MetadataRows.findFirstByModelId
select top (?) mr1_0.id,mr1_0.architecture,mr1_0.card,mr1_0.config,mr1_0.created,mr1_0.generation_config,mr1_0.hyperparameters,mr1_0.model_id,mr1_0.training_config,mr1_0.training_metrics,mr1_0.updated,mr1_0.user_id from model_metadata mr1_0 where mr1_0.user_id = ? and mr1_0.model_id=? and mr1_0.deleted=0
-- ModelRows.page
select top (?) mr1_0.id,mr1_0.architecture,mr1_0.components,mr1_0.content_hash,mr1_0.created,mr1_0.dtype,mr1_0.entry,mr1_0.family,mr1_0.format,mr1_0.framework,mr1_0.layers,mr1_0.licence,mr1_0.model_type,mr1_0.name,mr1_0.parameters,mr1_0.size_bytes,mr1_0.updated,mr1_0.user_id from model mr1_0 where mr1_0.user_id = ? and mr1_0.id>? and mr1_0.deleted=0 order by mr1_0.user_id,mr1_0.id
-- ModelRows.touch
update mr1_0 set updated=? from model mr1_0 where mr1_0.id=? and mr1_0.user_id = ? and mr1_0.deleted=0
