-- What coverages owe (docs/rules.md 6), in the place of the function of due.sql, which counted the years of what takes up
-- the rest of a term back from its end: right for terms of whole years only.

-- For some coverages, or (null) for all: a view is told too late which ones it is asked for, and would count the
-- months of the district for one contract.
create or replace function contracts_due_of(coverages bigint[])
returns table (coverage_id bigint, payer varchar, "on" date, is_released boolean, fen bigint)
language sql stable parallel safe
as $$
-- Materialized: the planner takes a term for a thousand years, and would look for them among all contracts.
with term as materialized (
    select c.id as coverage_id, c.start_on, c.end_on, e.gone_on, e.months,
           coalesce(c.termination_reason = 'changed' and c.terminated_on = e.gone_on, false) as is_changed,
           -- What takes up the rest of a term has a short year first: the years begin as those before it would have.
           coalesce(case when k.origin in ('team_change', 'package_change', 'handover') then (
               select max(f.start_on)
               from contracts_coverage f
               join contracts_contract o on o.id = f.contract_id
               where f.resident_id = c.resident_id and f.start_on <= c.start_on
                 and o.origin not in ('team_change', 'package_change', 'handover')
                 -- One that was never in force began nothing; one that was changed on its first day did.
                 and (f.terminated_on is null or f.terminated_on > f.start_on or f.termination_reason = 'changed')
           ) end, c.start_on) as years_from
    from contracts_coverage c
    join contracts_contract k on k.id = c.contract_id
    join residents_resident r on r.id = c.resident_id
    cross join lateral (
        select least(c.terminated_on, r.moved_out_on, r.died_on) as gone_on,
               contracts_months_begun(c.start_on, c.end_on) as months
        offset 0  -- counted once for a row, not wherever it is used
    ) e
    where coverages is null or c.id = any(coverages)
), counted as materialized (
    -- Years that were over before the first day, and the months of all years up to the end.
    select t.*, (contracts_months_begun(t.years_from, t.start_on) - 1) / 12 as years_over,
           contracts_months_begun(t.years_from, t.end_on) as months_in_all
    from term t
), year as materialized (
    select t.coverage_id, t.start_on, t.end_on, t.gone_on, t.is_changed, t.months as months_of_term, y.due_on,
           case when n.number = 0 then t.months - greatest(t.months_in_all - 12 * (t.years_over + 1), 0)
                else least(12, t.months_in_all - 12 * (t.years_over + n.number)) end as months
    from counted t
    cross join lateral generate_series(0, (t.months_in_all - 1) / 12 - t.years_over) n(number)
    cross join lateral (
        select case when n.number = 0 then t.start_on
                    else (t.years_from + make_interval(months => 12 * (t.years_over + n.number)))::date end as due_on
    ) y
    where t.gone_on is null or y.due_on < t.gone_on
), released as (
    -- Months paid for that never began. The months that a following contract charges are given back whatever the policy.
    select coverage_id, gone_on as "on",
           sum(months) - case
               when is_changed then months_of_term - contracts_months_begun(gone_on, end_on)
               when coalesce((
                   select (p.value #>> '{}')::integer from teams_policyvalue p
                   where p.code = 'refund_unused_months' and p.from_on <= start_on
                   order by p.from_on desc limit 1
               ), 1) = 1 then contracts_months_begun(start_on, gone_on - 1)
               else sum(months) end as months
    from year
    where gone_on <= end_on
    group by coverage_id, gone_on, is_changed, months_of_term, start_on, end_on
), movement as materialized (
    select coverage_id, due_on as "on", months, 1 as sign from year where months > 0
    union all
    select coverage_id, "on", months, -1 from released where months > 0
), yearly as materialized (
    select h.coverage_id, g.payer, sum((g.amount * 100)::bigint)::bigint as fen
    from contracts_coveragepackage h
    join contracts_charge g on g.held_id = h.id
    where g.amount > 0 and (coverages is null or h.coverage_id = any(coverages))
    group by h.coverage_id, g.payer
), part as (
    -- Months ÷ 12 of the year's sum, rounded half up, and each payer's share of it rounded down.
    select coverage_id, payer, "on", sign, whole, div(fen * whole, total) as floor, mod(fen * whole, total) as rest
    from (
        select y.coverage_id, y.payer, y.fen, m."on", m.sign, sum(y.fen) over shares as total,
               div(2 * sum(y.fen) over shares * m.months + 12, 24) as whole
        from yearly y
        join movement m on m.coverage_id = y.coverage_id
        where m.months < 12
        window shares as (partition by y.coverage_id, m."on", m.sign)
    ) s
)
select y.coverage_id, y.payer, m."on", m.sign < 0 as is_released, m.sign * y.fen as fen
from yearly y
join movement m on m.coverage_id = y.coverage_id
where m.months >= 12
union all
-- The fen that are left go to the largest remainders; of equal ones the lower code comes first.
select coverage_id, payer, "on", sign < 0,
       sign * (floor + (row_number() over (shares order by rest desc, payer collate "C")
                        <= whole - sum(floor) over shares)::integer)::bigint
from part
window shares as (partition by coverage_id, "on", sign)
$$;
