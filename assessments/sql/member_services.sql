-- Services that members gave to people covered by their team on that day, in the period.
select k.team_id, s.staff_id, count(*)
from contracts_service s
join contracts_coverage c
  on c.resident_id = s.resident_id and c.start_on <= s.performed_on and c.end_on >= s.performed_on
     and (c.terminated_on is null or c.terminated_on > s.performed_on)
join contracts_contract k on k.id = c.contract_id
where s.performed_on between %(first)s and %(last)s and s.staff_id is not null
group by k.team_id, s.staff_id
