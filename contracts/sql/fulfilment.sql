-- What was promised for a year and what became of it by %(day)s (docs/rules.md 3 and 5, readings 60 and 61).
-- A fragment: `cell` has counts by team, managing institution, village, key populations (a mask), package version and
-- item, all as they stood on that day. Rows without an item count packages, rows without a version count coverages.
-- contracts.queries.fulfilment adds what is selected from them.
with covered as (
    select c.id as coverage_id, c.resident_id, k.team_id, c.start_on,
           case when t.resident_id is null then r.institution_id else t.from_institution_id end as institution_id,
           case when t.resident_id is null then r.village_id else t.from_village_id end as village_id,
           -- The days on which it can be in force.
           greatest(c.start_on, r.birth_date, r.registered_on) as from_on,
           least(c.end_on, c.terminated_on - 1, r.moved_out_on - 1, r.died_on - 1) as last_on,
           coalesce((
               select bit_or(case g.category {registers} else 0 end)
               from residents_register g
               where g.resident_id = r.id and g.from_on <= %(day)s and (g.to_on is null or g.to_on > %(day)s)
           ), 0)
           | case when r.birth_date <= %(elderly_born_by)s then %(elderly)s else 0 end
           | case when r.birth_date > %(grown_born_by)s then %(child)s else 0 end as categories
    from {coverages}
    join residents_resident r on r.id = c.resident_id
    left join lateral (
        -- The first transfer after the day tells where somebody was before.
        select t.resident_id, t.from_institution_id, t.from_village_id
        from residents_transfer t
        where t.resident_id = r.id and t."on" > %(day)s
        order by t."on"
        limit 1
    ) t on true
    where c.start_on <= %(year_end)s and c.end_on >= %(year_start)s
      and r.birth_date <= %(day)s and r.merged_into_id is null
      {covered}
), promised as (
    select v.team_id, v.institution_id, v.village_id, v.categories, o.held_id, h.version_id, o.item_id,
           o.due_on <= %(day)s as is_due, coalesce(o.waived_on <= %(day)s, false) as is_waived,
           coalesce(o.met_on <= %(day)s, false) as is_met, o.met_on <= o.due_on as is_punctual, o.met_on
    from {windows}
    join contracts_coveragepackage h on h.id = o.held_id
    where o.due_on between %(year_start)s and %(year_end)s and o.due_on between v.from_on and v.last_on
      and not exists (
          select from {pauses} s
          where s.coverage_id = v.coverage_id and s.from_on <= o.due_on and (s.to_on is null or s.to_on > o.due_on)
      )
), by_item as (
    select team_id, institution_id, village_id, categories, held_id, version_id, item_id,
           cast(count(*) filter (where not is_waived) as integer) as promised,
           cast(count(*) filter (where not is_waived and is_due) as integer) as due,
           cast(count(*) filter (where not is_waived and is_due and is_met and is_punctual) as integer) as on_time,
           cast(count(*) filter (where not is_waived and is_due and is_met and not is_punctual) as integer) as late,
           cast(count(*) filter (where not is_waived and is_met and not is_due) as integer) as ahead,
           cast(count(*) filter (where is_waived) as integer) as waived,
           {met_before}
    from promised
    group by team_id, institution_id, village_id, categories, held_id, version_id, item_id
), by_package as (
    select team_id, institution_id, village_id, categories, version_id, sum(due) = sum(on_time + late) as is_complete
    from by_item
    group by team_id, institution_id, village_id, categories, held_id, version_id
    having sum(due) > 0
), expected as (
    -- In force on the day, and long enough for somebody to have come (rules.md 3, unserved).
    select v.*,
           not exists (
               select from contracts_service s
               where s.resident_id = v.resident_id
                 and s.performed_on between greatest(v.start_on, %(unserved_since)s) and %(day)s
           ) as is_unserved
    from covered v
    where v.start_on <= %(unserved_started_by)s and v.from_on <= %(day)s and v.last_on >= %(day)s
      and not exists (
          select from {pauses} s
          where s.coverage_id = v.coverage_id and s.from_on <= %(day)s and (s.to_on is null or s.to_on > %(day)s)
      )
), cell as (
    select team_id, institution_id, village_id, categories, version_id, item_id,
           sum(promised) as promised, sum(due) as due, sum(on_time) as on_time, sum(late) as late,
           sum(ahead) as ahead, sum(waived) as waived, {met_before_sums},
           0 as packages, 0 as complete, 0 as expected, 0 as unserved
    from by_item
    group by team_id, institution_id, village_id, categories, version_id, item_id
    union all
    select team_id, institution_id, village_id, categories, version_id, null,
           0, 0, 0, 0, 0, 0, {nothing_before}, count(*), count(*) filter (where is_complete), 0, 0
    from by_package
    group by team_id, institution_id, village_id, categories, version_id
    union all
    select team_id, institution_id, village_id, categories, null, null,
           0, 0, 0, 0, 0, 0, {nothing_before}, 0, 0, count(*), count(*) filter (where is_unserved)
    from expected
    group by team_id, institution_id, village_id, categories
)
