-- Make the obligations of some coverages what docs/rules.md 5 says: remove those that no longer follow from packages and
-- term, correct due dates, add what is missing. A waiver or a service stays with its obligation.
-- %(coverages)s are ids; the other five are the columns of the windows of every term and frequency among them.
with owed as materialized (
    select c.id as coverage_id, c.resident_id, h.id as held_id, i.item_id, w.opens_on, w.due_on
    from contracts_coverage c
    join contracts_coveragepackage h on h.coverage_id = c.id
    join service_packages_packageitem i on i.version_id = h.version_id
    join unnest(
        %(starts)s::date[], %(ends)s::date[], %(times)s::int[], %(opens)s::date[], %(dues)s::date[]
    ) as w(start_on, end_on, times_per_year, opens_on, due_on)
        on w.start_on = c.start_on and w.end_on = c.end_on and w.times_per_year = i.times_per_year
    where c.id = any(%(coverages)s)
), present as materialized (
    select o.id, o.held_id, o.item_id, o.opens_on, o.due_on
    from contracts_obligation o
    where o.coverage_id = any(%(coverages)s)
), removed as (
    delete from contracts_obligation o
    using present p
    where o.id = p.id
      and not exists (
          select from owed w where w.held_id = p.held_id and w.item_id = p.item_id and w.opens_on = p.opens_on
      )
    returning 1
), corrected as (
    update contracts_obligation o
    set due_on = w.due_on
    from present p
    join owed w on w.held_id = p.held_id and w.item_id = p.item_id and w.opens_on = p.opens_on
    where o.id = p.id and p.due_on <> w.due_on
    returning 1
), added as (
    insert into contracts_obligation
        (coverage_id, resident_id, held_id, item_id, opens_on, due_on, waived_by, waiver)
    select w.coverage_id, w.resident_id, w.held_id, w.item_id, w.opens_on, w.due_on, '', ''
    from owed w
    where not exists (
        select from present p where p.held_id = w.held_id and p.item_id = w.item_id and p.opens_on = w.opens_on
    )
    order by w.coverage_id, w.item_id, w.opens_on
    on conflict on constraint contracts_obligation_once do nothing
    returning 1
)
select (select count(*) from removed) + (select count(*) from corrected) + (select count(*) from added)
