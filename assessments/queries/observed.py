"""What was seen to happen in a period, whatever rules measure of it, with one look at the database: what checklists
ask, what was inspected and found, which activities were confirmed, what calls told, which leads were confirmed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Count, DecimalField, Func, QuerySet, Sum, Value
from django.db.models.functions import Cast

from assessments.leads import all_signals
from assessments.models import Activity, Check, ChecklistItem, Finding, Inspection, Lead, LeadStep
from teams.memory import once_a_request

ITEM, INSPECTED, FOUND, ACTIVITY, CALLED, LEAD = "item", "inspected", "found", "activity", "called", "lead"
NOBODY = Cast(Value(None), BigIntegerField())
NOTHING = Value("")


class Observed(NamedTuple):
    """`code` is the checklist's, the kind of activity, or the result of the call; `item` the code of a checklist's."""

    code: str
    item: str
    institution: int
    team: int | None
    staff: int | None
    numbers: Sequence[Decimal]


@once_a_request
def observed(first_on: date, last_on: date) -> Mapping[str, Sequence[Observed]]:
    """From day to day, both ends included: kind of observation -> what was observed. `numbers`: of findings the points
    that they take off, of activities how many there were and their FIGURES added up, else how many."""
    first, *others = (
        _items(),
        _inspected(first_on, last_on),
        _found(first_on, last_on),
        _activities(first_on, last_on),
        _called(first_on, last_on),
        _leads(first_on, last_on),
    )
    rows: dict[str, list[Observed]] = defaultdict(list)
    for kind, *row in first.union(*others, all=True):
        rows[kind].append(Observed(*row))
    return rows


def _items() -> QuerySet:
    rows = ChecklistItem.objects.all()
    return _summed(rows, ITEM, "checklist__code", "code", NOBODY, NOBODY, NOBODY, numbers=_numbers(Count("id")))


def _inspected(first_on: date, last_on: date) -> QuerySet:
    rows = Inspection.objects.filter(done_on__range=(first_on, last_on))
    place = ("checklist__code", NOTHING, "institution", NOBODY, NOBODY)
    return _summed(rows, INSPECTED, *place, numbers=_numbers(Count("id")))


def _found(first_on: date, last_on: date) -> QuerySet:
    rows = Finding.objects.counted().filter(found_on__range=(first_on, last_on), inspection__done_on__isnull=False)
    place = ("item__checklist__code", "item__code", "institution", "team")
    return _summed(rows, FOUND, *place, NOBODY, numbers=_numbers(Sum("deduction")))


def _activities(first_on: date, last_on: date) -> QuerySet:
    rows = Activity.objects.confirmed().filter(began_on__range=(first_on, last_on))
    numbers = _numbers(Count("id"), *map(Sum, Activity.FIGURES))
    return _summed(rows, ACTIVITY, "kind", NOTHING, "institution", "team", NOBODY, numbers=numbers)


def _called(first_on: date, last_on: date) -> QuerySet:
    """First checks that tell, of those drawn at random."""
    rows = Check.objects.filter(turn=1, on__range=(first_on, last_on), result__in=Check.TELLING)
    place = ("result", NOTHING, "sampled__institution", "sampled__team", NOBODY)
    return _summed(rows.filter(sampled__is_extra=False), CALLED, *place, numbers=_numbers(Count("id")))


def _leads(first_on: date, last_on: date) -> QuerySet:
    """Confirmed in the period, where that proves a falsehood."""
    steps = LeadStep.objects.filter(kind=LeadStep.Kind.CONFIRMED, on__range=(first_on, last_on))
    kinds = [signal.code for signal in all_signals().values() if signal.proves_falsehood]
    rows = Lead.objects.filter(state=Lead.State.CONFIRMED, kind__in=kinds, pk__in=steps.values("lead"))
    return _summed(rows, LEAD, NOTHING, NOTHING, "institution", "team", "staff", numbers=_numbers(Count("id")))


def _summed(rows: QuerySet, kind: str, *columns: str | Value | Cast, numbers: Func) -> QuerySet:
    """Grouped by the columns: the kind, the columns, the numbers."""
    order = [column if isinstance(column, str) else f"column{place}" for place, column in enumerate(columns)]
    others = {name: column for name, column in zip(order, columns, strict=True) if not isinstance(column, str)}
    grouped = rows.order_by().annotate(observation=Value(kind), **others).values("observation", *order)
    return grouped.annotate(numbers=numbers).values_list("observation", *order, "numbers")


def _numbers(*of: Count | Sum) -> Func:
    return Func(*of, template="array[%(expressions)s]::numeric[]", output_field=ArrayField(DecimalField()))
