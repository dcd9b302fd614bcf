-- How much was entered and cancelled since the cutoff of the count, for each contract and payer.
select c.contract_id, c.team_id, e.payer,
       count(*) filter (where e.entered_at >= n.cutoff) + count(*) filter (where e.cancelled_at >= n.cutoff) as version
from contracts_feecount n
join contracts_feeentry e on e.entered_at >= n.cutoff or e.cancelled_at >= n.cutoff
join contracts_coverage c on c.id = e.coverage_id
group by c.contract_id, c.team_id, e.payer
