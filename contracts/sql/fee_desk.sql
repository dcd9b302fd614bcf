-- Contracts with what one payer owes for them on a day, what is owed longest first, with all of them added up.
-- `told` has rows contract_id, open, since, back; `standing` says which contracts are looked for, `worth` what of
-- them can tell anything: most accounts are settled.
with line as (
    select contract_id, sum(open) as open, min(since) as since, sum(back) as back
    from ({told}) told
    where {worth}
    group by contract_id
), chosen as (
    select *, count(*) over () as lines, sum(open) over () as all_open, sum(back) over () as all_back
    from line
    where {standing}
    order by since nulls last, open desc, back desc, contract_id
    limit %(limit)s offset %(offset)s
)
select k.id, k.number, k.team_id, k.representative_id, c.open, c.since, c.back, c.lines, c.all_open, c.all_back
from chosen c
join contracts_contract k on k.id = c.contract_id
order by c.since nulls last, c.open desc, c.back desc, k.id
