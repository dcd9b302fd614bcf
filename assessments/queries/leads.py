"""Leads for a list and its export, and the people and services that are one's evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from assessments.leads import all_signals
from assessments.models import Lead, Screening
from assessments.models.leads import LeadQuerySet
from contracts.models import Contract, Coverage, Service
from contracts.queries.people import institution_choices
from residents.models import Resident
from teams.fields import offering
from teams.models import Institution, Staff, Team, User

PENDING, ALL = "pending", "all"
STATES = ((PENDING, _("to be done")), *Lead.State.choices, (ALL, _("All")))
SHOWN_AT_MOST = 200


class LeadFilter(django_filters.FilterSet):
    """Leads that the account sees, narrowed by a query string; without `state`, those to be done."""

    state = django_filters.ChoiceFilter(method="standing", label=_("State"), choices=STATES, empty_label=None)
    kind = django_filters.ChoiceFilter(label=_("Signal"), empty_label=_("All"))
    institution = django_filters.ChoiceFilter(method="of_institution", label=_("Institution"), empty_label=_("All"))
    team = django_filters.ChoiceFilter(method="of_team", label=_("Team"), empty_label=_("All"))
    staff = django_filters.CharFilter(method="of_staff", label=_("Staff number or name"))

    def __init__(self, data: QueryDict, *, user: User) -> None:
        self.user = user
        data = data.copy()
        data.setdefault("state", PENDING)
        super().__init__(data, queryset=Lead.objects.visible_to(user).filter(kind__in=all_signals()))
        offered: dict[str, Sequence[tuple[Any, Any]]] = {
            "kind": [(code, signal.title) for code, signal in all_signals().items()],
            "institution": institution_choices(user),
            "team": [(team.pk, team.name) for team in Team.objects.visible_to(user)],
        }
        for name, choices in offered.items():
            self.filters[name].extra |= offering(choices)

    def standing(self, rows: LeadQuerySet, _name: str, state: str) -> LeadQuerySet:
        """In that state, or with something to be done."""
        if state == PENDING:
            return rows.filter(state__in=Lead.PENDING)
        return rows.filter(state=state) if state in Lead.State.values else rows

    def of_institution(self, rows: LeadQuerySet, _name: str, pk: str) -> LeadQuerySet:
        """About the institution or one below it."""
        return rows.filter(institution__in=Institution.objects.subtree(int(pk)))

    def of_team(self, rows: LeadQuerySet, _name: str, pk: str) -> LeadQuerySet:
        """About the team, or somebody who belongs to it."""
        members = Staff.objects.filter(memberships__team=int(pk)).values("pk")
        return rows.filter(team=int(pk)) | rows.filter(staff__in=members)

    def of_staff(self, rows: LeadQuerySet, _name: str, text: str) -> LeadQuerySet:
        """About the staff member of that number, or of that name."""
        text = text.strip()
        return rows.filter(staff__staff_no=text) | rows.filter(staff__name=text)


def counts(rows: QuerySet[Lead, Any]) -> dict[str, int]:
    """Signal -> how many of the leads are its."""
    return dict(rows.order_by().values_list("kind").annotate(Count("pk")))


@dataclass(frozen=True)
class Evidence:
    """What a lead rests on, as far as the account sees it; `hidden` people are another institution's."""

    people: list[Resident]
    more: int
    hidden: int
    coverages: Mapping[int, Coverage]
    services: list[Service]
    contracts: list[Contract]
    staff: Staff | None


def evidence(lead: Lead, user: User) -> Evidence:
    """The evidence opened; a few queries however much there is."""
    ids = [int(key) for key in lead.evidence.get("residents", ())]
    visible = Resident.objects.visible_to(user).filter(pk__in=ids)
    total = visible.count() if ids else 0
    people = list(visible.select_related("village", "household").order_by("village", "household", "pk")[:SHOWN_AT_MOST])
    shown = [resident.pk for resident in people]
    coverages = Coverage.objects.filter(resident__in=shown).select_related("contract__team").order_by("start_on")
    services = Service.objects.visible_to(user).filter(pk__in=lead.evidence.get("services", ())[:SHOWN_AT_MOST])
    contracts = Contract.objects.visible_to(user).filter(pk__in=lead.evidence.get("contracts", ()))
    owner = Staff.objects.visible_to(user).filter(pk=lead.evidence.get("staff") or 0)
    return Evidence(
        people=people,
        more=total - len(people),
        hidden=len(ids) - total,
        coverages={coverage.resident_id: coverage for coverage in coverages},
        services=list(services.select_related("item", "staff", "resident").order_by("performed_on")),
        contracts=list(contracts),
        staff=owner.select_related("institution").first() if lead.evidence.get("staff") else None,
    )


def last_screening() -> Screening | None:
    """The one whose leads are shown."""
    return Screening.objects.filter(status=Screening.Status.DONE).order_by("-finished_at").first()


def newest_screening() -> Screening | None:
    """The one asked for last."""
    return Screening.objects.first()
