"""What a recorded service did, what a person was given and is owed, and who changed an entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db.models import Q, QuerySet

from contracts.models import Coverage, Obligation, Service
from residents.models import Resident
from teams.models import Staff, TeamMember, User
from teams.queries.changes import context_of

RECENT = 8


@dataclass(frozen=True)
class Outcome:
    """The obligation that a service met, if any, and when the next one of the item is due."""

    met: Obligation | None
    next_due_on: date | None


def outcome_of(service: Service, day: date) -> Outcome:
    """What became of a service in the ledger, as of `day`. Two queries."""
    met = Obligation.objects.filter(met_by=service).order_by("due_on").first()
    owed = open_obligations(service.resident, day).filter(item=service.item)
    return Outcome(met, owed.values_list("due_on", flat=True).first())


def open_obligations(resident: Resident, day: date) -> QuerySet[Obligation]:
    """What is neither met nor waived of the resident's coverage in force on the day, by due date; later ones too."""
    covering = Coverage.objects.in_force_on(day).filter(resident=resident)
    return Obligation.objects.filter(coverage__in=covering, met_on=None, waived_on=None).order_by(
        "due_on", "item__code"
    )


def given_on(resident: Resident, day: date) -> set[int]:
    """Ids of the items that the resident was given that day: none of them is entered twice."""
    return set(Service.objects.filter(resident=resident, performed_on=day).values_list("item", flat=True))


def waived_obligations(resident: Resident, day: date) -> QuerySet[Obligation]:
    """What is waived of the coverage in force, so that it can be taken back."""
    covering = Coverage.objects.in_force_on(day).filter(resident=resident)
    rows = Obligation.objects.filter(coverage__in=covering, waived_on__isnull=False)
    return rows.select_related("item").order_by("-waived_on", "due_on")


def recent_services(resident: Resident) -> QuerySet[Service]:
    """The last services, the latest first."""
    return resident.services.select_related("item", "staff").order_by("-performed_on", "-id")[:RECENT]


def performers(resident: Resident, user: User, day: date) -> QuerySet[Staff]:
    """Who may have given a service: members of the team that covers the resident, and whoever enters it."""
    covering = Coverage.objects.in_force_on(day).filter(resident=resident)
    members = TeamMember.objects.on(day).filter(team__in=covering.values("team"))
    own = Q(pk=user.staff_id) if user.staff_id else Q(institution=user.institution_id)
    return Staff.objects.filter(own | Q(pk__in=members.values("staff"))).distinct().order_by("staff_no")


@dataclass(frozen=True)
class Version:
    """How an entry stood before a change: its fields, and who made the change when, by what."""

    before: Service
    at: object
    by: str
    action: str


def versions(service_id: int) -> Iterable[Version]:
    """Earlier states of an entry, the latest first; the row history keeps them (docs/adr/0005)."""
    events = apps.get_model("contracts", "ServiceEvent").objects
    for event in events.filter(pgh_obj_id=service_id).select_related("pgh_context", "item").order_by("-pgh_id"):
        context = context_of(event)
        yield Version(event, event.pgh_created_at, context.get("by", ""), context.get("action", ""))
