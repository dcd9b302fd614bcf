-- What can be asked for now and what is to be given back, as contracts.accounts.Account has it: a row for each account.
-- `accounts` is accounts.sql.
with account as (
    {accounts}
), asked as (
    select coverage_id, payer, since,
           least(payable - received - waived + refunded + carried, payable - settled, agreed - settled) as open,
           least(settled - agreed, cash) as back
    from account
)
select a.coverage_id, a.payer, c.contract_id, c.team_id, greatest(a.open, 0) as open,
       case when a.open > 0 then a.since end as since, greatest(a.back, 0) as back
from asked a
join contracts_coverage c on c.id = a.coverage_id
-- Said again for the planner, which would read every coverage for these few.
where %(coverages)s::bigint[] is null or c.id = any(%(coverages)s)
