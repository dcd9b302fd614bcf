-- How many households a team covers on a day (docs/rules.md 1); someone without a household counts as one.
select count(distinct coalesce(r.household_id, -r.id))
from contracts_coverage c
join residents_resident r on r.id = c.resident_id
where c.team_id = %(team)s
  and c.start_on <= %(day)s and c.end_on >= %(day)s
  and (c.terminated_on is null or c.terminated_on > %(day)s)
  and r.merged_into_id is null
  and greatest(r.birth_date, r.registered_on) <= %(day)s
  and (r.moved_out_on is null or r.moved_out_on > %(day)s)
  and (r.died_on is null or r.died_on > %(day)s)
  and not exists (
      select from contracts_suspension s
      where s.coverage_id = c.id and s.from_on <= %(day)s and (s.to_on is null or s.to_on > %(day)s)
  )
