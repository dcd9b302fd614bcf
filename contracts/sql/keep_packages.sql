-- Let the coverages of a contract hold what the ones before them held, at the price and with the charges as signed.
-- %(contract)s follows another one; of residents in %(named)s only the pairs of %(residents)s and %(versions)s are kept.
with kept as (
    select n.id as coverage_id, h.id as before_id, h.version_id, h.price
    from contracts_coverage n
    join contracts_contract k on k.id = n.contract_id
    join contracts_coverage o on o.contract_id = k.previous_id and o.resident_id = n.resident_id
    join contracts_coveragepackage h on h.coverage_id = o.id
    where n.contract_id = %(contract)s
      and (n.resident_id <> all(%(named)s) or exists (
          select from unnest(%(residents)s::bigint[], %(versions)s::bigint[]) as c(resident_id, version_id)
          where c.resident_id = n.resident_id and c.version_id = h.version_id
      ))
), held as (
    insert into contracts_coveragepackage (coverage_id, version_id, price)
    select coverage_id, version_id, price from kept
    order by coverage_id, version_id
    returning id, coverage_id, version_id
)
insert into contracts_charge (held_id, payer, amount)
select h.id, g.payer, g.amount
from held h
join kept k on k.coverage_id = h.coverage_id and k.version_id = h.version_id
join contracts_charge g on g.held_id = k.before_id
order by h.id, g.payer
