-- One row per coverage that is in force on the report date or whose obligations or visits of the year count
-- (docs/rules.md 3 and 5). Reads the resident rows of the same revision: {resident_rows}.
with signed as (
    -- Coverages whose term meets the year, up to the report date.
    select coverage, resident, team, start_on, end_on, terminated_on
    from fact_coverage
    where end_on >= {year_start} and start_on <= {report}
),
suspended as (
    select coverage, resident, from_on, to_on from {pauses} s
),
terms as (
    -- The days on which a coverage can be in force: within its term, its resident in the population.
    select c.coverage, c.resident, c.team, c.start_on, c.end_on,
           greatest(c.start_on, r.birth_on, coalesce(r.registered_on, r.birth_on)) as from_on,
           -- Engines differ in what they make of an empty argument: there is none.
           least(coalesce(c.terminated_on, {never}), coalesce(r.moved_out_on, {never}),
                 coalesce(r.died_on, {never})) as gone_on
    from signed c
    join fact_resident r on r.resident = c.resident
),
owed as (
    -- What falls due this year up to the report date, of coverages in force on the due date; by package, then in all.
    select coverage, resident, sum(due) as due, sum(met) as met, sum(on_time) as on_time, sum(waived) as waived,
           sum(case when due > 0 then 1 else 0 end) as packages,
           sum(case when due > 0 and met = due then 1 else 0 end) as complete
    from (
        select coverage, resident, held,
               cast(sum(case when waived then 0 else 1 end) as integer) as due,
               cast(sum(case when met and not waived then 1 else 0 end) as integer) as met,
               cast(sum(case when on_time and not waived then 1 else 0 end) as integer) as on_time,
               cast(sum(case when waived then 1 else 0 end) as integer) as waived
        from (
            select o.coverage, o.resident, o.held,
                   o.waived_on is not null and o.waived_on <= {report} as waived,
                   o.met_on is not null and o.met_on <= {report} as met,
                   o.met_on is not null and o.met_on <= o.due_on as on_time
            from fact_obligation o
            join terms t on t.coverage = o.coverage and t.resident = o.resident
            left join suspended s
              on s.coverage = o.coverage and s.resident = o.resident
                 and s.from_on <= o.due_on and (s.to_on is null or s.to_on > o.due_on)
            where o.due_on >= {year_start} and o.due_on <= {report}
              and t.from_on <= o.due_on and t.end_on >= o.due_on and t.gone_on > o.due_on
              and s.coverage is null
        ) counting
        group by coverage, resident, held
    ) by_package
    group by coverage, resident
),
seen as (
    select v.resident, t.coverage, count(*) as visits,
           sum(case when v.is_primary then 1 else 0 end) as primary_visits,
           sum(v.cost_fen) as cost_fen
    from fact_visit v
    join terms t
      on t.resident = v.resident and t.from_on <= v.visited_on and t.end_on >= v.visited_on
         and t.gone_on > v.visited_on
    left join suspended s
      on s.coverage = t.coverage and s.resident = t.resident
         and s.from_on <= v.visited_on and (s.to_on is null or s.to_on > v.visited_on)
    where v.visited_on >= {year_start} and v.visited_on <= {report} and s.coverage is null
    group by v.resident, t.coverage
),
last_service as (
    select resident, max(performed_on) as performed_on
    from fact_service
    where performed_on >= {unserved_since} and performed_on <= {report}
    group by resident
)
select s.coverage, s.resident, s.person, s.county, s.institution, s.village, s.team, s.categories, s.in_force,
       coalesce(o.due, 0) as obligations, coalesce(o.met, 0) as obligations_met,
       coalesce(o.on_time, 0) as obligations_on_time, coalesce(o.waived, 0) as obligations_waived,
       coalesce(o.packages, 0) as packages, coalesce(o.complete, 0) as packages_complete,
       s.service_expected, s.service_expected and s.untouched as unserved,
       coalesce(v.visits, 0) as visits, coalesce(v.primary_visits, 0) as primary_visits,
       coalesce(v.cost_fen, 0) as visit_cost_fen
from (
    select t.coverage, t.resident, m.person, m.county, m.institution, m.village, t.team, m.categories,
           coalesce(m.coverage = t.coverage, false) as in_force,
           coalesce(m.coverage = t.coverage, false) and t.start_on <= {unserved_started_by} as service_expected,
           l.performed_on is null or l.performed_on < t.start_on as untouched
    from terms t
    join {resident_rows} m on m.resident = t.resident
    left join last_service l on l.resident = t.resident
) s
left join owed o on o.coverage = s.coverage and o.resident = s.resident
left join seen v on v.coverage = s.coverage and v.resident = s.resident
where s.in_force or o.coverage is not null or v.coverage is not null
