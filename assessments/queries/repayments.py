"""What units have to pay back after settlements."""

from django.db.models import F, QuerySet

from assessments.models import Line, Round, Run


def runs_owing(runs: QuerySet[Run]) -> set[int]:
    """Ids of the runs that were paid out, but of which something that has to be paid back did not come in yet."""
    lines = Line.objects.filter(round__run__in=runs.order_by(), round__state=Round.State.PAID)
    owing = lines.with_debts().filter(owed__gt=F("repaid"))
    return set(owing.order_by().values_list("round__run_id", flat=True))
