-- Contracts with what one payer owes for them on a day, what is owed longest first, with how many there are and what
-- they owe together: a row without a contract where the page holds none. `counted` and `live` have rows contract_id,
-- open, since, back; `standing` says which contracts are looked for. %(reach)s is the last row that the page can need.
with live as materialized (
    {live}
), counted as not materialized (
    {counted}
), total as (
    select count(*) as lines, sum(open) as all_open, sum(back) as all_back
    from (
        select open, back from counted where {standing}
        union all
        select open, back from live where {standing}
    ) every
), chosen as (
    select *
    from (
        -- In the order of an index, so that the rest need not be sorted.
        (select * from counted where {standing}
         order by since nulls last, open desc, back desc, contract_id
         limit %(reach)s)
        union all
        select * from live where {standing}
    ) every
    order by since nulls last, open desc, back desc, contract_id
    limit %(limit)s offset %(offset)s
)
select k.id, k.number, k.team_id, k.representative_id, c.open, c.since, c.back, t.lines,
       coalesce(t.all_open, 0.00), coalesce(t.all_back, 0.00)
from total t
left join (chosen c join contracts_contract k on k.id = c.contract_id) on true
order by c.since nulls last, c.open desc, c.back desc, k.id
