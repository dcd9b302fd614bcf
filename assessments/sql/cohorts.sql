-- Who signed in which month, and what had become of each 3, 6 and 12 months later (docs/rules.md, reading 49).
-- One row per coverage that began from %(since)s to %(day)s; an outcome is null while its day lies after %(day)s.
with term as (
    -- The days on which a coverage can be in force; one that ended on its first day never was.
    select c.id as coverage_id, c.resident_id, k.team_id, c.start_on,
           greatest(c.start_on, r.birth_date, r.registered_on) as from_on,
           least(c.end_on + 1, c.terminated_on, r.moved_out_on, r.died_on) as gone_on,
           case when c.terminated_on is null or c.terminated_on > c.end_on then c.end_on + 1 end as ran_out_on
    from contracts_coverage c
    join contracts_contract k on k.id = c.contract_id
    join residents_resident r on r.id = c.resident_id
    where c.start_on <= %(day)s and (c.terminated_on is null or c.terminated_on > c.start_on)
      and r.merged_into_id is null
), signed as (
    select t.*, date_trunc('month', t.start_on)::date as first_on from term t where t.start_on >= %(since)s
), checked as (
    -- The last day of the month that comes so many months after the month of signing.
    select s.*, p.months, (s.first_on + make_interval(months => p.months + 1))::date - 1 as day
    from signed s
    cross join (values (3), (6), (12)) p(months)
    where (s.first_on + make_interval(months => p.months + 1))::date - 1 <= %(day)s
), served as (
    select s.coverage_id, min(v.performed_on) as first_on
    from signed s
    join contracts_service v on v.resident_id = s.resident_id and v.performed_on >= s.start_on
    group by s.coverage_id
), outcome as (
    select c.coverage_id, c.months,
           coalesce(v.first_on <= c.day, false) as served,
           bool_or(coalesce(n.start_on >= c.ran_out_on, false)) as renewed,
           -- Still signed on the day: by this coverage, or by one after it had run out.
           bool_or(coalesce(
               n.from_on <= c.day and n.gone_on > c.day and (n.coverage_id = c.coverage_id or n.start_on >= c.ran_out_on)
               and x.id is null, false
           )) as kept
    from checked c
    join term n on n.resident_id = c.resident_id and n.start_on >= c.start_on and n.start_on <= c.day
    left join contracts_suspension x
        on x.coverage_id = n.coverage_id and x.from_on <= c.day and (x.to_on is null or x.to_on > c.day)
    left join served v on v.coverage_id = c.coverage_id
    group by c.coverage_id, c.months, v.first_on, c.day
)
insert into assessments_cohortrow (
    coverage_id, resident_id, team_id, first_on, day,
    kept_3, kept_6, kept_12, served_3, served_6, served_12, renewed_3, renewed_6, renewed_12
)
select s.coverage_id, s.resident_id, s.team_id, s.first_on, %(day)s,
       bool_or(o.kept) filter (where o.months = 3), bool_or(o.kept) filter (where o.months = 6),
       bool_or(o.kept) filter (where o.months = 12),
       bool_or(o.served) filter (where o.months = 3), bool_or(o.served) filter (where o.months = 6),
       bool_or(o.served) filter (where o.months = 12),
       bool_or(o.renewed) filter (where o.months = 3), bool_or(o.renewed) filter (where o.months = 6),
       bool_or(o.renewed) filter (where o.months = 12)
from signed s
left join outcome o on o.coverage_id = s.coverage_id
group by s.coverage_id, s.resident_id, s.team_id, s.first_on
