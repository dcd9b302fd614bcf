-- What some coverages owe by docs/rules.md 5: a fragment, `owed`, that others begin with.
-- %(coverages)s are ids; the other five are the columns of the windows of every term and frequency among them.
with promised as materialized (
    -- Read once: wherever it is needed otherwise, the planner would go through all the ids for each row that it finds.
    select c.id as coverage_id, c.resident_id, c.team_id, c.start_on, c.end_on, h.id as held_id, h.version_id,
           i.item_id, i.times_per_year, i.anchor, i.opens, i.closes
    from contracts_coverage c
    join contracts_coveragepackage h on h.coverage_id = c.id
    join service_packages_packageitem i on i.version_id = h.version_id
    where c.id = any(%(coverages)s)
), yearly as (
    select p.coverage_id, p.resident_id, p.team_id, p.held_id, p.item_id, w.opens_on, w.due_on
    from promised p
    join unnest(
        %(starts)s::date[], %(ends)s::date[], %(times)s::int[], %(opens)s::date[], %(dues)s::date[]
    ) as w(start_on, end_on, times_per_year, opens_on, due_on)
        on w.start_on = p.start_on and w.end_on = p.end_on and w.times_per_year = p.times_per_year
    where p.anchor = 'contract_year'
), dated as (
    -- Spans counted from a day of the resident's own: of birth, or of each entry on the register that the item is for.
    select p.coverage_id, p.resident_id, p.team_id, p.start_on, p.end_on, p.held_id,
           p.item_id, p.anchor, p.opens, p.closes, a.*
    from promised p
    join service_packages_packageversion v on v.id = p.version_id
    join residents_resident r on r.id = p.resident_id
    cross join lateral (
        select r.birth_date as anchor_on, r.birth_date as from_on, null::date as to_on, null::date as delivered_on
        where p.anchor in ('age_days', 'age_months')
        union all
        select case p.anchor
                   when 'pregnancy_weeks' then g.expected_on - 280
                   when 'delivery_days' then coalesce(g.delivered_on, g.expected_on)
                   else g.from_on
               end,
               g.from_on, g.to_on, g.delivered_on
        from residents_register g
        where g.resident_id = r.id
          and case
              when p.anchor in ('pregnancy_weeks', 'delivery_days') then g.category = 'maternal'
              when p.anchor in ('register_days', 'register_months') then g.category = any(v.categories)
              else false
          end
    ) a
    where p.anchor <> 'contract_year'
), spans as (
    select d.*,
           greatest(w.opens_on, d.start_on, d.from_on) as begins_on,
           w.due_on
    from dated d
    cross join lateral (
        select case
                   when d.anchor in ('age_months', 'register_months')
                       then (d.anchor_on + make_interval(months => s.opens))::date
                   else d.anchor_on + s.opens * u.days
               end as opens_on,
               case
                   when d.anchor in ('age_months', 'register_months')
                       then (d.anchor_on + make_interval(months => s.closes + 1))::date
                   else d.anchor_on + (s.closes + 1) * u.days
               end - 1 as due_on
        from unnest(d.opens, d.closes) as s(opens, closes),
             (select case d.anchor when 'pregnancy_weeks' then 7 else 1 end as days) u
    ) w
    where w.due_on <= d.end_on
), owed as materialized (
    select coverage_id, resident_id, team_id, held_id, item_id, opens_on, due_on from yearly
    union all
    -- Two entries whose windows begin on one day, the term's first, say: the earlier due date.
    select coverage_id, resident_id, team_id, held_id, item_id, begins_on, min(due_on)
    from spans
    where begins_on <= due_on
      and (to_on is null or begins_on < to_on)
      and (anchor <> 'pregnancy_weeks' or delivered_on is null or due_on < delivered_on)
    group by coverage_id, resident_id, team_id, held_id, item_id, begins_on
)
