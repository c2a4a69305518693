-- Sales, minimums, and payments of tenants. Columns as in V1.

-- What an administrator took down, its publisher does not offer again.
update listing set state = 'BARRED'
  where state = 'TAKEN_DOWN' and reason <> 'taken down by its publisher';
