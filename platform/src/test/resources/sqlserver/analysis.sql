insert into analysis (binaries,created,job_id,kind,model_id,report,request,size_bytes,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,?,?,?,0,?)
select ar1_0.id,ar1_0.binaries,ar1_0.created,ar1_0.job_id,ar1_0.kind,ar1_0.model_id,ar1_0.report,ar1_0.request,ar1_0.size_bytes,ar1_0.updated,ar1_0.user_id from analysis ar1_0 where ar1_0.deleted=0 and ar1_0.id=? and ar1_0.user_id = ?
update analysis set deleted=1 where id=? and deleted=0
-- AnalysisRows.findByIdAndModelIdAndKind
select ar1_0.id,ar1_0.binaries,ar1_0.created,ar1_0.job_id,ar1_0.kind,ar1_0.model_id,ar1_0.report,ar1_0.request,ar1_0.size_bytes,ar1_0.updated,ar1_0.user_id from analysis ar1_0 where ar1_0.user_id = ? and ar1_0.id=? and ar1_0.model_id=? and ar1_0.kind=? and ar1_0.deleted=0
-- AnalysisRows.findByModelIdAndKindAndIdGreaterThanOrderById
select top (?) ar1_0.id,ar1_0.binaries,ar1_0.created,ar1_0.job_id,ar1_0.kind,ar1_0.model_id,ar1_0.report,ar1_0.request,ar1_0.size_bytes,ar1_0.updated,ar1_0.user_id from analysis ar1_0 where ar1_0.user_id = ? and ar1_0.model_id=? and ar1_0.kind=? and ar1_0.id>? and ar1_0.deleted=0 order by ar1_0.id
-- AnalysisRows.findFirstByJobId
select top (?) ar1_0.id,ar1_0.binaries,ar1_0.created,ar1_0.job_id,ar1_0.kind,ar1_0.model_id,ar1_0.report,ar1_0.request,ar1_0.size_bytes,ar1_0.updated,ar1_0.user_id from analysis ar1_0 where ar1_0.user_id = ? and ar1_0.job_id=? and ar1_0.deleted=0
-- AnalysisRows.findFirstByModelIdAndKindInOrderByIdDesc
select top (?) ar1_0.id,ar1_0.binaries,ar1_0.created,ar1_0.job_id,ar1_0.kind,ar1_0.model_id,ar1_0.report,ar1_0.request,ar1_0.size_bytes,ar1_0.updated,ar1_0.user_id from analysis ar1_0 where ar1_0.user_id = ? and ar1_0.model_id=? and ar1_0.kind in (?) and ar1_0.deleted=0 order by ar1_0.id desc
