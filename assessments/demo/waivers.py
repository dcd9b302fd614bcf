"""A few promises that were rightly not kept: refused, in hospital, away; waived by the team's leader.

Chosen by coverage and day, not by the obligation's id, which no seed decides; all that fell due together goes together.
"""

from django.db import connection

from assessments.demo.figures import PlaceFacts
from contracts.models import Obligation

ONE_IN = 499
_SQL = """
update contracts_obligation o
set waived_on = o.due_on, waiver = (%(reasons)s)[1 + o.coverage_id %% 3], waived_by = s.name
from contracts_coverage c
join contracts_contract k on k.id = c.contract_id
join teams_teammember m on m.team_id = k.team_id and m.is_leader
join teams_staff s on s.id = m.staff_id
where c.id = o.coverage_id and (o.coverage_id + (o.due_on - date %(first)s)) %% %(one_in)s = 7
  and o.due_on between %(first)s and %(last)s
"""


def waive_some(facts: PlaceFacts) -> None:
    """Waive about one obligation in `ONE_IN` of the year so far."""
    last = facts.completion_as_of
    first, reasons = last.replace(month=1, day=1), list(Obligation.Waiver.values)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"reasons": reasons, "one_in": ONE_IN, "first": first, "last": last})
