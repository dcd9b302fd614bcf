"""What residents paid: most their share within days, a few had it waived, some still owe; money back after an end.

Decided by contract and contract year, so that a household is treated as one and the same seed gives the same entries.
"""

from typing import Any

from django.db import connection

from assessments.demo.figures import PlaceFacts
from contracts.models import FeeEntry

PAID, WAIVED = 88, 3  # of 100 contract years
REASONS = ("低保家庭", "特困供养", "医疗救助对象")
# Read twice, and for single coverages too: the view would count the whole district each time.
_OWED = """
create temporary table demo_owed on commit drop as
select coverage_id, "on", is_released, fen from contracts_due where payer = 'resident' and "on" <= %(last)s;
analyze demo_owed
"""
_ENTER = """
insert into contracts_feeentry (coverage_id, payer, kind, amount, "on", number, reason, entered_at, entered_on,
                                entered_by, cancelled_by, cancelled_reason)
select coverage_id, 'resident', kind, round(fen / 100.0, 2), "on", number, reason,
       ("on" + time '10:00') at time zone 'Asia/Shanghai', "on", by, '', ''
from ({rows}) r
order by "on", number, coverage_id
"""
_PLACES = """
join contracts_coverage c on c.id = d.coverage_id
join contracts_contract k on k.id = c.contract_id
join teams_team t on t.id = k.team_id
join teams_institution i on i.id = t.institution_id
join teams_teammember m on m.team_id = t.id and m.is_leader and m.to_on is null
join teams_staff s on s.id = m.staff_id
"""
# `draw` is a number below 100 of a contract's year; those of whom anything is released are never waived.
_SETTLED = f"""
select coverage_id, kind, fen, "on", reason, by,
       case kind when 'receipt' then code || '-R' || extract(year from "on") || '-' || lpad(dense_rank() over (
           partition by kind, code, extract(year from "on") order by "on", contract_id
       )::text, 5, '0') else '' end as number
from (
    select d.coverage_id, d.fen, least(d."on" + (k.id %% 9)::integer, %(last)s)::date as "on", k.id as contract_id,
           i.code, s.name as by,
           case when draw < %(paid)s then 'receipt' else 'waiver' end as kind,
           case when draw < %(paid)s then '' else (%(reasons)s)[1 + k.id %% 3] end as reason
    from demo_owed d
    {_PLACES}
    cross join lateral (select (k.id * 7919 + extract(year from d."on")::bigint * 31) %% 100 as draw) drawn
    where not d.is_released and d.fen > 0
      and (draw < %(paid)s or draw < %(paid)s + %(waived)s and c.terminated_on is null)
) settled
"""
# Two of three who paid and left early have their money back.
_BACK = f"""
select d.coverage_id, 'refund' as kind, -d.fen as fen, least(d."on" + 5, %(last)s)::date as "on", '提前解约' as reason,
       s.name as by, '' as number
from demo_owed d
join (
    select coverage_id, sum(fen) as fen from demo_owed where not is_released group by coverage_id
) owed on owed.coverage_id = d.coverage_id
join (
    select coverage_id, sum(amount) * 100 as fen from contracts_feeentry where kind = 'receipt' group by coverage_id
) paid on paid.coverage_id = d.coverage_id and paid.fen >= owed.fen
{_PLACES}
where d.is_released and d.fen < 0 and k.id %% 3 > 0
"""
_COUNT_ON = """
insert into contracts_numberseries (institution_id, kind, year, last)
select t.institution_id, 'receipt', extract(year from e."on"), count(distinct e.number)
from contracts_feeentry e
join contracts_coverage c on c.id = e.coverage_id
join contracts_contract k on k.id = c.contract_id
join teams_team t on t.id = k.team_id
where e.number <> ''
group by 1, 3
"""


def receive_fees(facts: PlaceFacts) -> int:
    """Enter what was paid, waived and given back up to the second report date; how many entries."""
    parameters: dict[str, Any] = {
        "last": facts.completion_as_of,
        "paid": PAID,
        "waived": WAIVED,
        "reasons": list(REASONS),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWED, parameters)
        for rows in (_SETTLED, _BACK):
            cursor.execute(_ENTER.format(rows=rows), parameters)
            cursor.execute("analyze contracts_feeentry")  # else the planner takes the receipts for a handful
        cursor.execute(_COUNT_ON)
    return FeeEntry.objects.count()
