-- How much was entered and cancelled since the cutoff of the count, for each contract and payer.
select c.contract_id, c.team_id, e.payer,
       count(*) filter (where e.entered_at >= {cutoff}) + count(*) filter (where e.cancelled_at >= {cutoff}) as version
from contracts_feeentry e
-- One by one: the planner would read every coverage for some thousands.
cross join lateral (select contract_id, team_id from contracts_coverage where id = e.coverage_id offset 0) c
where e.entered_at >= {cutoff} or e.cancelled_at >= {cutoff}
group by c.contract_id, c.team_id, e.payer
