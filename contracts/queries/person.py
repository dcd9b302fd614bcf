"""All that is known of one resident, for their page: a fixed number of questions, however long the story."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.functions import Cast

from contracts.models import Contract, Merge, Obligation, Problem, Service, Suspension, Visit
from contracts.queries.coverages import told
from residents.models import Register, Resident, is_seen
from teams.models import User

VISITS_AT_MOST = 50


@dataclass(frozen=True)
class Person:
    """A resident's story. `members` are the others of the household whom the account sees; `coverages` know their
    `package_names`, whether they are `suspended` on the day, and whether the account may open their contract
    (`is_open`); `obligations` whether they fall due in a pause (`is_paused`), `problems` whether their `detail` names
    another whom the account sees (`sees_other`)."""

    resident: Resident
    day: date
    members: list[Resident]
    registers: list[Register]
    coverages: list[Any]
    obligations: list[Any]
    services: list[Service]
    visits: list[Visit]
    problems: list[Any]
    merges: list[Merge]


def person(resident: Resident, *, user: User, day: date) -> Person:
    """The story of a resident whom the account sees, with what of it the account sees."""
    household = resident.household_id
    members = Resident.objects.visible_to(user).filter(household=household) if household else Resident.objects.none()
    pauses = Suspension.objects.on(OuterRef("due_on")).filter(coverage=OuterRef("coverage"))
    obligations = Obligation.objects.filter(coverage__resident=resident).annotate(is_paused=Exists(pauses))
    obligations = obligations.select_related("item", "coverage", "held__version")
    pages = Contract.objects.visible_to(user).filter(pk=OuterRef("contract"))
    coverages = resident.coverages.select_related("contract__team").annotate(is_open=Exists(pages))
    services = Service.objects.filter(resident=resident).select_related("item", "staff")
    visits = Visit.objects.filter(resident=resident).select_related("institution")
    return Person(
        resident=resident,
        day=day,
        members=list(members.exclude(pk=resident.pk).order_by("-is_head", "birth_date")),
        registers=list(resident.registers.order_by("from_on", "category")),
        coverages=list(told(coverages, day).order_by("-start_on")),
        obligations=list(obligations.order_by("due_on", "item__code")),
        services=list(services.order_by("-performed_on", "item__code")),
        visits=list(visits.order_by("-visited_on")[:VISITS_AT_MOST]),
        problems=_problems(resident, user),
        merges=list(Merge.objects.filter(kept=resident, undone_at=None).select_related("merged")),
    )


def _problems(resident: Resident, user: User) -> list[Any]:
    other = Cast(OuterRef("detail__other"), BigIntegerField())
    rows = Problem.objects.visible_to(user).filter(resident=resident)
    return list(rows.annotate(sees_other=is_seen(user, other)))
