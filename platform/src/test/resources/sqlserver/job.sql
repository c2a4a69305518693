insert into job_event (body,created,job_id,number,type,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,0,?)
select jer1_0.id,jer1_0.body,jer1_0.created,jer1_0.job_id,jer1_0.number,jer1_0.type,jer1_0.updated,jer1_0.user_id from job_event jer1_0 where jer1_0.deleted=0 and jer1_0.id=? and jer1_0.user_id = ?
update job_event set deleted=1 where id=? and deleted=0
insert into job (cancel_requested,created,details,ended,epoch,failure,kind,last_event,lease_until,memory_bytes,message,node,progress,request,result,stage,started,state,takeovers,updated,urgency,user_id,deleted,id) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,0,?)
select jr1_0.id,jr1_0.cancel_requested,jr1_0.created,jr1_0.details,jr1_0.ended,jr1_0.epoch,jr1_0.failure,jr1_0.kind,jr1_0.last_event,jr1_0.lease_until,jr1_0.memory_bytes,jr1_0.message,jr1_0.node,jr1_0.progress,jr1_0.request,jr1_0.result,jr1_0.stage,jr1_0.started,jr1_0.state,jr1_0.takeovers,jr1_0.updated,jr1_0.urgency,jr1_0.user_id from job jr1_0 where jr1_0.deleted=0 and jr1_0.id=? and jr1_0.user_id = ?
update job set deleted=1 where id=? and deleted=0
-- JobEventRows.findByJobIdAndNumberGreaterThanOrderByNumber
select jer1_0.id,jer1_0.body,jer1_0.created,jer1_0.job_id,jer1_0.number,jer1_0.type,jer1_0.updated,jer1_0.user_id from job_event jer1_0 where jer1_0.user_id = ? and jer1_0.job_id=? and jer1_0.number>? and jer1_0.deleted=0 order by jer1_0.number
-- JobRows.lock
select jr1_0.id,jr1_0.cancel_requested,jr1_0.created,jr1_0.details,jr1_0.ended,jr1_0.epoch,jr1_0.failure,jr1_0.kind,jr1_0.last_event,jr1_0.lease_until,jr1_0.memory_bytes,jr1_0.message,jr1_0.node,jr1_0.progress,jr1_0.request,jr1_0.result,jr1_0.stage,jr1_0.started,jr1_0.state,jr1_0.takeovers,jr1_0.updated,jr1_0.urgency,jr1_0.user_id from job jr1_0 with (updlock,holdlock,rowlock) where jr1_0.user_id = ? and jr1_0.id=? and jr1_0.deleted=0
-- JobRows.page
select top (?) jr1_0.id,jr1_0.cancel_requested,jr1_0.created,jr1_0.details,jr1_0.ended,jr1_0.epoch,jr1_0.failure,jr1_0.kind,jr1_0.last_event,jr1_0.lease_until,jr1_0.memory_bytes,jr1_0.message,jr1_0.node,jr1_0.progress,jr1_0.request,jr1_0.result,jr1_0.stage,jr1_0.started,jr1_0.state,jr1_0.takeovers,jr1_0.updated,jr1_0.urgency,jr1_0.user_id from job jr1_0 where jr1_0.user_id = ? and jr1_0.id>? and jr1_0.state in (?) and (?='' or jr1_0.kind=?) and jr1_0.deleted=0 order by jr1_0.user_id,jr1_0.id
