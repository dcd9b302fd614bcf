-- One row per resident born by the report date (docs/rules.md 1-4). A pure, portable SELECT over the fact views: every
-- boundary is a date literal computed in Python (assessments.definitions), so that the same text runs elsewhere too.
with placed as (
    -- Where a resident was on the report date: the origin of the first transfer after it; without one, the present place.
    select resident, from_institution, from_village
    from (
        select resident, from_institution, from_village,
               row_number() over (partition by resident order by moved_on, transfer) as place
        from fact_transfer
        where moved_on > {report}
    ) later
    where place = 1
),
signed as (
    -- Coverages whose term meets the year, up to the report date.
    select coverage, resident, team, start_on, end_on, terminated_on
    from fact_coverage
    where end_on >= {year_start} and start_on <= {report}
),
suspended as (
    select coverage, resident, from_on, to_on from {pauses} s
),
running as (
    select c.resident, c.coverage, c.team, p.coverage is not null as paid
    from signed c
    left join (
        select coverage, resident from fact_package where price_fen > 0 group by coverage, resident
    ) p on p.coverage = c.coverage and p.resident = c.resident
    left join (
        select coverage, resident
        from suspended
        where from_on <= {report} and (to_on is null or to_on > {report})
        group by coverage, resident
    ) s on s.coverage = c.coverage and s.resident = c.resident
    where c.end_on >= {report} and (c.terminated_on is null or c.terminated_on > {report}) and s.coverage is null
),
run_out as (
    select resident
    from signed
    where end_on < {report} and (terminated_on is null or terminated_on > end_on)
    group by resident
),
entered as (
    select resident, bit_or({register_mask}) as mask, {register_required}
    from fact_register
    where from_on <= {report} and (to_on is null or to_on > {report})
    group by resident
),
given as (
    -- Standard services of the 12 months, and the latest readings: the day leads, so that its greatest is the last; when
    -- that day has several, the worse one counts (the higher systolic, then diastolic).
    select resident, {services_given},
           max(case when systolic is not null and diastolic is not null
                    then performed_day * 1000000 + systolic * 1000 + diastolic end) as pressure,
           max(case when glucose_tenths is not null then performed_day * 10000 + glucose_tenths end) as glucose
    from fact_service
    where performed_on > {year_before} and performed_on <= {report}
      and (kind in ({standard_kinds}) or systolic is not null or glucose_tenths is not null)
    group by resident
),
households as (
    -- A household counts once in each institution that manages a member, on the row of its first member there.
    select min(r.resident) as leader, max(case when c.resident is not null then 1 else 0 end) as any_covered
    from fact_resident r
    left join placed p on p.resident = r.resident
    left join running c on c.resident = r.resident
    where r.birth_on <= {report} and {in_population} and r.household is not null
    group by r.household, case when p.resident is null then r.institution else p.from_institution end
)
select p.resident, p.person, p.county, p.institution, p.village, p.household, c.coverage, c.team,
       {year} - cast(extract(year from p.birth_on) as integer)
           - case when extract(month from p.birth_on) >= {month}
                       and (extract(month from p.birth_on) > {month} or extract(day from p.birth_on) > {day})
                  then 1 else 0 end as age,
       p.in_population,
       c.resident is not null as covered,
       coalesce(c.paid, false) as paid,
       o.resident is not null and p.in_population as renewal_due,
       h.leader is not null as leads_household,
       coalesce(h.any_covered, 0) = 1 as household_covered,
       p.categories,
       -- Most people are on no register and had no such service: that is asked first.
       case when (p.registered or p.elderly_required > 0) and p.in_population then {managed_due} else 0 end as managed_due,
       case when g.resident is not null and p.in_population then {managed} else 0 end as managed,
       case when g.resident is not null and p.in_population then {measured} else 0 end as measured,
       case when g.resident is not null and p.in_population then {controlled} else 0 end as controlled
from (
    select r.resident, r.person, r.county, r.household, r.birth_on, {in_population} as in_population,
           case when p.resident is null then r.institution else p.from_institution end as institution,
           case when p.resident is null then r.village else p.from_village end as village,
           e.resident is not null as registered,
           coalesce(e.mask, 0)
               + case when r.birth_on <= {elderly_born_by} then {elderly} else 0 end
               + case when r.birth_on > {child_born_after} then {child} else 0 end as categories,
           {required_columns}
    from fact_resident r
    left join placed p on p.resident = r.resident
    left join entered e on e.resident = r.resident
    where r.birth_on <= {report}
) p
left join running c on c.resident = p.resident and p.in_population
left join run_out o on o.resident = p.resident
left join given g on g.resident = p.resident
left join households h on h.leader = p.resident
