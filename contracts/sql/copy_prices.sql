-- Copy payer shares into charges for the packages of some coverages that have a price but no charges (docs/rules.md 6).
-- %(coverages)s are ids. payers.sql stands behind this text and ends it.
insert into contracts_charge (held_id, payer, amount)
with priced as materialized (
    select h.id as held_id, h.version_id, h.price, c.resident_id, c.start_on
    from contracts_coveragepackage h
    join contracts_coverage c on c.id = h.coverage_id
    where c.id = any(%(coverages)s)
      and h.price > 0
      and not exists (select from contracts_charge g where g.held_id = h.id)
)
