"""Records that look like one person: pairs found by the last check, two records side by side, merges of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from contracts.models import Coverage, Problem, Service, Visit
from contracts.queries.coverages import told
from residents.models import Resident
from teams.models import User

PLACES = ("household", "village", "institution")


@dataclass(frozen=True)
class Pair:
    """Two records that may be one person; `second` is None when the account doesn't see it."""

    first: Resident
    second: Resident | None


@dataclass(frozen=True)
class Side:
    """A record with what would move in a merge."""

    resident: Resident
    coverages: list[Coverage]
    registers: list[Any]
    services: int
    visits: int


def suspects(user: User) -> QuerySet[Any]:
    """What the last check took for duplicates, a pair once."""
    rows = (
        Problem.objects.visible_to(user)
        .filter(rule="maybe_twice")
        .annotate(other=Cast(KT("detail__other"), BigIntegerField()))
    )
    return rows.filter(subject__gt=F("other")).order_by("village", "subject")


def pairs(rows: Sequence[Any], user: User) -> list[Pair]:
    """The records of a page of suspects, whom the account sees."""
    ids = {row.subject for row in rows} | {row.other for row in rows}
    seen = Resident.objects.visible_to(user).select_related(*PLACES).in_bulk(ids)
    found = [(seen.get(row.other), seen.get(row.subject)) for row in rows]
    return [Pair(first or second, second if first else None) for first, second in found if first or second]  # type: ignore[arg-type]


def side(resident: Resident, day: date) -> Side:
    """What a record holds."""
    return Side(
        resident=resident,
        coverages=list(told(resident.coverages.select_related("contract__team"), day).order_by("-start_on")),
        registers=list(resident.registers.order_by("category", "from_on")),
        services=Service.objects.filter(resident=resident).count(),
        visits=Visit.objects.filter(resident=resident).count(),
    )
