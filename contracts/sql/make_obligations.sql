-- Behind owed.sql: make the obligations of the coverages what they owe: remove those that no longer follow from packages
-- and term, correct due dates, add what is missing. A waiver or a service stays with its obligation; of one whose first
-- day moved, the waiver goes along.
, present as materialized (
    select o.id, o.held_id, o.item_id, o.opens_on, o.due_on, o.waived_on, o.waived_by, o.waiver
    from contracts_obligation o
    where o.coverage_id = any(%(coverages)s)
), carried as materialized (
    -- Somebody's waiver of a window whose first day moved goes to the one that has most of its days.
    select distinct on (n.held_id, n.item_id, n.opens_on)
           n.held_id, n.item_id, n.opens_on, p.waived_on, p.waived_by, p.waiver
    from present p
    cross join lateral (
        select w.held_id, w.item_id, w.opens_on
        from owed w
        where w.held_id = p.held_id and w.item_id = p.item_id and w.opens_on <= p.due_on and w.due_on >= p.opens_on
        order by least(w.due_on, p.due_on) - greatest(w.opens_on, p.opens_on) desc, w.opens_on
        limit 1
    ) n
    where p.waived_on is not null
      and not exists (
          select from owed w where w.held_id = p.held_id and w.item_id = p.item_id and w.opens_on = p.opens_on
      )
    order by n.held_id, n.item_id, n.opens_on, p.opens_on
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
        (coverage_id, resident_id, team_id, held_id, item_id, opens_on, due_on, waived_on, waived_by, waiver)
    select w.coverage_id, w.resident_id, w.team_id, w.held_id, w.item_id, w.opens_on, w.due_on,
           c.waived_on, coalesce(c.waived_by, ''), coalesce(c.waiver, '')
    from owed w
    left join carried c on c.held_id = w.held_id and c.item_id = w.item_id and c.opens_on = w.opens_on
    where not exists (
        select from present p where p.held_id = w.held_id and p.item_id = w.item_id and p.opens_on = w.opens_on
    )
    order by w.coverage_id, w.item_id, w.opens_on
    returning 1
)
select (select count(*) from removed) + (select count(*) from corrected) + (select count(*) from added)
