-- Behind owed.sql: the first obligations of new coverages. The database spends more on planning the other statement.
insert into contracts_obligation (coverage_id, resident_id, team_id, held_id, item_id, opens_on, due_on, waived_by, waiver)
select coverage_id, resident_id, team_id, held_id, item_id, opens_on, due_on, '', ''
from owed
order by coverage_id, item_id, opens_on
on conflict on constraint contracts_obligation_once do nothing
