insert into stored_file (created,folder_id,path,sha256,size_bytes,updated,user_id,deleted,id) values (?,?,?,?,?,?,?,0,?)
select sfr1_0.id,sfr1_0.created,sfr1_0.folder_id,sfr1_0.path,sfr1_0.sha256,sfr1_0.size_bytes,sfr1_0.updated,sfr1_0.user_id from stored_file sfr1_0 where sfr1_0.deleted=0 and sfr1_0.id=? and sfr1_0.user_id = ?
update stored_file set deleted=1 where id=? and deleted=0
-- StoredFileRows.deleteByFolder
update sfr1_0 set deleted=1 from stored_file sfr1_0 where sfr1_0.folder_id=? and sfr1_0.user_id = ? and sfr1_0.deleted=0
-- StoredFileRows.findByFolderIdOrderByPath
select sfr1_0.id,sfr1_0.created,sfr1_0.folder_id,sfr1_0.path,sfr1_0.sha256,sfr1_0.size_bytes,sfr1_0.updated,sfr1_0.user_id from stored_file sfr1_0 where sfr1_0.user_id = ? and sfr1_0.folder_id=? and sfr1_0.deleted=0 order by sfr1_0.path
-- StoredFileRows.findFirstByFolderIdAndPath
select top (?) sfr1_0.id,sfr1_0.created,sfr1_0.folder_id,sfr1_0.path,sfr1_0.sha256,sfr1_0.size_bytes,sfr1_0.updated,sfr1_0.user_id from stored_file sfr1_0 where sfr1_0.user_id = ? and sfr1_0.folder_id=? and sfr1_0.path=? and sfr1_0.deleted=0
