-- Contracts with what one payer owes for them on a day, a row for each contract that it owes or has paid anything for.
-- `accounts` is accounts.sql for the coverages of the teams; %(payer)s the payer.
with account as (
    {accounts}
), told as (
    -- What can be asked for now, as contracts.accounts.Account has it.
    select coverage_id, since, least(payable - received - waived + refunded + carried, payable - settled,
                                     agreed - settled) as asked,
           least(settled - agreed, cash) as back
    from account
    where payer = %(payer)s
)
select k.id, k.number, k.team_id, k.representative_id,
       sum(greatest(t.asked, 0)) as open,
       min(t.since) filter (where t.asked > 0) as since,
       sum(greatest(t.back, 0)) as refundable
from told t
join contracts_coverage c on c.id = t.coverage_id
join contracts_contract k on k.id = c.contract_id
group by k.id
