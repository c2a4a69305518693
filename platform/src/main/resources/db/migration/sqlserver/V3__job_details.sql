-- What a job has found out so far.
alter table job add details nvarchar(max) check (isjson(details) = 1);
