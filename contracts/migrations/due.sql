-- What coverages owe (docs/rules.md 6), from the charges that signing copied: a row for each payer and contract year that
-- has begun in time, and a row below zero for what is owed no longer because the coverage ended early.
-- Rows of later days are there too: whoever asks names the day.

-- How many months from a day on have begun by another: 1 on the first day. Months are counted from the first day each
-- time, and end on a month's last day where it has no such day (teams.dates.add_months).
create function contracts_months_begun(from_on date, by_on date) returns integer
language sql immutable parallel safe
return (extract(year from by_on) - extract(year from from_on))::integer * 12
       + (extract(month from by_on) - extract(month from from_on))::integer
       + (extract(day from from_on) <= extract(day from by_on) or extract(day from by_on + 1) = 1)::integer;

-- For some coverages, or (null) for all: a view is told too late which ones it is asked for, and would count the
-- months of the district for one contract.
create function contracts_due_of(coverages bigint[])
returns table (coverage_id bigint, payer varchar, "on" date, is_released boolean, fen bigint)
language sql stable parallel safe
as $$
-- Materialized: the planner takes a term for a thousand years, and would look for them among all contracts.
with term as materialized (
    select c.id as coverage_id, c.start_on, c.end_on, e.gone_on, e.months,
           coalesce(c.termination_reason = 'changed' and c.terminated_on = e.gone_on, false) as is_changed,
           -- What takes up the rest of a term has its short year first: the years begin when those before would have.
           k.origin in ('team_change', 'package_change', 'handover') as is_rest
    from contracts_coverage c
    join contracts_contract k on k.id = c.contract_id
    join residents_resident r on r.id = c.resident_id
    cross join lateral (
        select least(c.terminated_on, r.moved_out_on, r.died_on) as gone_on,
               contracts_months_begun(c.start_on, c.end_on) as months
        offset 0  -- counted once for a row, not wherever it is used
    ) e
    where coverages is null or c.id = any(coverages)
), year as materialized (
    select t.coverage_id, t.start_on, t.end_on, t.gone_on, t.is_changed, t.months as months_of_term, y.due_on,
           case when t.is_rest and n.number = 0 then coalesce(nullif(t.months % 12, 0), 12)
                when t.is_rest then 12
                else least(12, t.months - 12 * n.number) end as months
    from term t
    cross join lateral generate_series(0, (t.months - 1) / 12) n(number)
    cross join lateral (
        select case when n.number = 0 then t.start_on
                    when t.is_rest
                    then (t.end_on + 1 - make_interval(months => 12 * ((t.months - 1) / 12 + 1 - n.number)))::date
                    else (t.start_on + make_interval(months => 12 * n.number))::date end as due_on
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
    select coverage_id, due_on as "on", months, 1 as sign from year
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

create view contracts_due as
select coverage_id, payer::varchar(24) as payer, "on", is_released, fen from contracts_due_of(null);

-- Days on which a payer had not paid, with the years before, what a contract year owes; `to_on` is the day of payment.
create view contracts_unpaid as
with owed as (
    select coverage_id, payer, "on", sum(fen) over (partition by coverage_id, payer order by "on") as fen
    from contracts_due
    where not is_released and fen > 0
), paid as (
    select coverage_id, payer, "on", sum(sum(amount)) over (partition by coverage_id, payer order by "on") * 100 as fen
    from contracts_feeentry
    where kind in ('receipt', 'waiver', 'carried_in') and cancelled_at is null
    group by coverage_id, payer, "on"
)
select o.coverage_id, o.payer, o."on" as from_on, min(p."on") as to_on
from owed o
left join paid p on p.coverage_id = o.coverage_id and p.payer = o.payer and p.fen >= o.fen
group by o.coverage_id, o.payer, o."on"
having min(p."on") is null or min(p."on") > o."on";
