insert into idempotency_key (body,content_type,created,deleted,expires,key_hash,location,request_hash,status,updated,user_id,id) values (?,?,?,?,?,?,?,?,?,?,?,?)
select ar1_0.id,ar1_0.body,ar1_0.content_type,ar1_0.created,ar1_0.deleted,ar1_0.expires,ar1_0.key_hash,ar1_0.location,ar1_0.request_hash,ar1_0.status,ar1_0.updated,ar1_0.user_id from idempotency_key ar1_0 where ar1_0.id=? and ar1_0.user_id = ?
delete from idempotency_key where id=?
-- AnswerRows.deleteExpired
delete ar1_0 from idempotency_key ar1_0 where ar1_0.expires<=? and ar1_0.user_id = ?
-- AnswerRows.findFirstByKeyHash
select top (?) ar1_0.id,ar1_0.body,ar1_0.content_type,ar1_0.created,ar1_0.deleted,ar1_0.expires,ar1_0.key_hash,ar1_0.location,ar1_0.request_hash,ar1_0.status,ar1_0.updated,ar1_0.user_id from idempotency_key ar1_0 where ar1_0.user_id = ? and ar1_0.key_hash=?
-- AnswerRows.release
delete ar1_0 from idempotency_key ar1_0 where ar1_0.id=? and ar1_0.status is null and ar1_0.user_id = ?
