-- What is still to be done on a day, for the coverages of some teams (docs/rules.md 1 and 5, docs/due-work.md).
-- A fragment: `line` has a row for each open obligation, follow-up task and promised call; its `kind`
-- is service, call or the task's cause; `person` one for each
-- resident with the weight that orders the list. contracts.queries.due adds what is selected from them.
-- %(day)s is today, %(until)s the last due date that is asked for (tasks are few, and all there), %(teams)s the teams' ids.
with covered as materialized (
    select c.id as coverage_id, c.resident_id, c.team_id, least(c.end_on, c.terminated_on - 1) as end_on
    from contracts_coverage c
    where c.team_id = any(%(teams)s)
      and c.start_on <= %(day)s and c.end_on >= %(day)s
      and (c.terminated_on is null or c.terminated_on > %(day)s)
      {covered}
), found as (
    select v.coverage_id, v.resident_id, v.team_id, 'service' as kind, o.id, o.item_id, o.opens_on, o.due_on
    from covered v
    join contracts_obligation o on o.coverage_id = v.coverage_id and o.team_id = any(%(teams)s)
    where o.met_on is null and o.waived_on is null
      and o.opens_on <= %(day)s and o.due_on <= %(until)s and o.due_on <= v.end_on {services}
    union all
    -- A follow-up task is open from its first day, and done by the first service after the day that called for it.
    select v.coverage_id, v.resident_id, v.team_id, f.cause, f.id, null, f.opened_on, f.due_on
    from contracts_followup f
    join covered v on v.resident_id = f.resident_id
    where f.done_on is null {others}
      and not exists (
          select from contracts_service s where s.resident_id = f.resident_id and s.performed_on > f.opened_on
      )
    union all
    -- The day of the last attempt, unless somebody was there since. Asked of the teams' few people, not of everybody
    -- who was ever called: which is why it isn't "not exists".
    select v.coverage_id, v.resident_id, v.team_id, 'call', a.id, null, a.tried_on, a.next_on
    from contracts_attempt a
    join covered v on v.resident_id = a.resident_id
    where a.next_on <= %(until)s {others}
      and (a.tried_on, a.id) >= all (
          select l.tried_on, l.id from contracts_attempt l where l.resident_id = v.resident_id
      )
      and a.tried_on > all (select s.performed_on from contracts_service s where s.resident_id = v.resident_id)
), line as (
    -- The coverage is in force today, and for what is owed on the due date too.
    select l.*, r.village_id, r.birth_date
    from found l
    join residents_resident r on r.id = l.resident_id
    cross join lateral (
        select case when l.kind = 'service' then l.due_on else %(day)s end as due_on
    ) o
    where greatest(r.birth_date, r.registered_on) <= least(o.due_on, %(day)s)
      and (r.moved_out_on is null or r.moved_out_on > greatest(o.due_on, %(day)s))
      and (r.died_on is null or r.died_on > greatest(o.due_on, %(day)s))
      and not exists (
          select from contracts_suspension s
          where s.coverage_id = l.coverage_id
            and (s.from_on <= %(day)s and (s.to_on is null or s.to_on > %(day)s)
                 or s.from_on <= o.due_on and (s.to_on is null or s.to_on > o.due_on))
      )
      {people}
), person as (
    select p.*, b.systolic, b.diastolic, b.fasting_glucose,
           q.is_critical, q.is_uncontrolled, p.birth_date <= %(very_old_born_by)s as is_very_old,
           case when q.is_critical then %(critical)s when q.is_uncontrolled then %(uncontrolled)s else 0 end
           + case when p.birth_date <= %(very_old_born_by)s then %(very_old)s else 0 end
           + case when p.is_promised then %(promised)s else 0 end
           + least(greatest(%(day)s - p.first_due_on, 0), %(overdue_most)s) as weight
    from (
        select l.resident_id, l.team_id, l.village_id, l.birth_date, min(l.due_on) as first_due_on,
               coalesce(bool_or(l.kind <> 'service' and l.due_on <= %(day)s), false) as is_promised,
               bool_or({window}) as is_in_window
        from line l
        group by l.resident_id, l.team_id, l.village_id, l.birth_date
    ) p
    -- The last readings of the year; of a day's, the highest. One look at a person's services finds both.
    left join lateral (
        select max(array[s.performed_on - date '2000-01-01', s.systolic, s.diastolic])
                   filter (where s.systolic is not null and s.diastolic is not null) as pressure,
               max(array[s.performed_on - date '2000-01-01', s.fasting_glucose])
                   filter (where s.fasting_glucose is not null) as glucose
        from contracts_service s
        where s.resident_id = p.resident_id and (s.systolic is not null or s.fasting_glucose is not null)
          and s.performed_on between %(readings_since)s and %(day)s
    ) m on true
    cross join lateral (
        select m.pressure[2] as systolic, m.pressure[3] as diastolic, m.glucose[2] as fasting_glucose
    ) b
    cross join lateral (
        select coalesce(
                   b.systolic >= %(critical_systolic)s or b.diastolic >= %(critical_diastolic)s
                   or b.fasting_glucose >= %(critical_glucose_high)s or b.fasting_glucose <= %(critical_glucose_low)s,
                   false
               ) as is_critical,
               coalesce(
                   b.systolic >= case when p.birth_date <= %(goal_born_by)s then %(goal_systolic_elderly)s else %(goal_systolic)s end
                   or b.diastolic >= case when p.birth_date <= %(goal_born_by)s then %(goal_diastolic_elderly)s else %(goal_diastolic)s end
                   or b.fasting_glucose >= %(goal_glucose)s,
                   false
               ) as is_uncontrolled
    ) q
)
