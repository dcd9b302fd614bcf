"""签而不约: who is signed and was not served, and why nobody came (docs/rules.md 3, `unserved`, and reading 62).

The people are exactly those of the figure; the reason follows from the facts, the first that applies in `Reason`.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, NamedTuple

import django_filters
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Subquery, TextChoices, Value, When
from django.db.models.functions import Greatest
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contracts.models import Attempt, Coverage, Service, Status
from contracts.models.agreements import CoverageQuerySet
from contracts.queries.accounts import unpaid_coverages
from contracts.queries.people import villages_of
from teams.clock import today
from teams.composition import DOCTORS
from teams.fields import LongSelect
from teams.models import Institution, Team, TeamMember, User
from teams.policy import policy_on

Outcome = Attempt.Outcome


class Reason(TextChoices):
    """Why nobody came, the first that applies: what stops everybody of a team stands before what stops one person."""

    NO_DOCTOR = "no_doctor", _("team without a doctor")
    WRONG_PHONE = "wrong_phone", _("no phone number that works")
    GONE = "gone", _("said to have died or moved")
    NOT_REACHED = "not_reached", _("tried and not reached")
    REFUSED = "refused", _("refused or away")
    NOBODY_CAME = "nobody_came", _("agreed, and nobody came")
    UNTRIED = "untried", _("nobody tried")


# What the last attempt came to. After a wrong number the record has a new one, or it would be WRONG_PHONE.
_BY_OUTCOME = {
    Reason.GONE: (Outcome.DIED, Outcome.MOVED),
    Reason.NOT_REACHED: (Outcome.AGAIN, Outcome.WRONG_NUMBER),
    Reason.REFUSED: (Outcome.REFUSED, Outcome.AWAY),
    Reason.NOBODY_CAME: (Outcome.AGREED,),
}


class Standing(NamedTuple):
    """How many are expected to have been served, and of those not served how many for each reason."""

    expected: int
    by_reason: dict[Reason, int]

    @property
    def unserved(self) -> int:
        """Those not served."""
        return sum(self.by_reason.values())


class Terms(NamedTuple):
    """What the question depends on besides the coverages: begun by, services and attempts since, teams
    without a doctor, coverages that don't count because nobody paid."""

    day: date
    started_by: date
    since: date
    without_doctor: list[int]
    unpaid: list[int]


def terms_on(day: date) -> Terms:
    """The terms of a day. Two queries."""
    policy = policy_on(day)
    started_by = day - timedelta(days=policy["unserved_after_days"])
    since = day - timedelta(days=policy["unserved_window_days"])
    # Reading 50 of docs/rules.md.
    unpaid = [] if policy["unpaid_in_force"] else unpaid_coverages(day)
    return Terms(day, started_by, since, teams_without_doctor(day), unpaid)


def expected(rows: CoverageQuerySet, terms: Terms) -> CoverageQuerySet:
    """Of the coverages those in force on the day that began long enough before."""
    in_force = rows.having_status(Status.IN_FORCE, terms.day).exclude(pk__in=terms.unpaid)
    return in_force.filter(start_on__lte=terms.started_by, resident__merged_into=None)


def unserved(rows: CoverageQuerySet, terms: Terms) -> CoverageQuerySet:
    """Of the coverages those expected to have been served, and not served; with `reason` and `tried_on`."""
    day, since = terms.day, terms.since
    served = Service.objects.filter(
        resident=OuterRef("resident"),
        performed_on__lte=day,
        performed_on__gte=Greatest(OuterRef("start_on"), Value(since)),
    )
    tried = Attempt.objects.filter(
        resident=OuterRef("resident"),
        tried_on__lte=day,
        tried_on__gte=Greatest(OuterRef("start_on"), Value(since)),
    ).order_by("-tried_on", "-pk")
    return (
        expected(rows, terms)
        .filter(~Exists(served))
        .annotate(
            outcome=Subquery(tried.values("outcome")[:1]),
            tried_on=Subquery(tried.values("tried_on")[:1]),
            reason=_reason(terms.without_doctor),
        )
    )


def teams_without_doctor(day: date) -> list[int]:
    """Ids of teams none of whose members of the day is a doctor who has not left."""
    present = Q(staff__left_on=None) | Q(staff__left_on__gt=day)
    doctors = TeamMember.objects.on(day).filter(present, team=OuterRef("pk"), staff__job__in=DOCTORS)
    return list(Team.objects.filter(~Exists(doctors)).values_list("pk", flat=True))


def _reason(without_doctor: Collection[int]) -> Case:
    cases = [
        When(contract__team__in=without_doctor, then=Value(Reason.NO_DOCTOR)),
        When(~Q(resident__phone_problem=""), then=Value(Reason.WRONG_PHONE)),
        *(When(outcome__in=outcomes, then=Value(reason)) for reason, outcomes in _BY_OUTCOME.items()),
    ]
    return Case(*cases, default=Value(Reason.UNTRIED), output_field=CharField())


class UnservedFilter(django_filters.FilterSet):
    """Those not served among the contracts that the account sees, narrowed by a query string.

    An account of the district looks at one institution at a time, at whose residents the figure looks too; a doctor
    or clerk at what is signed with their teams.
    """

    reason = django_filters.ChoiceFilter(label=_("Reason"), choices=Reason.choices, empty_label=_("all"))
    institution = django_filters.ChoiceFilter(method="managed_by", label=_("Institution"), empty_label=None)
    team = django_filters.ChoiceFilter(field_name="contract__team", label=_("Team"), empty_label=_("all"))
    village = django_filters.ChoiceFilter(field_name="resident__village", label=_("Village"), empty_label=_("all"))

    def __init__(self, data: QueryDict, *, user: User) -> None:
        self.user, self.day = user, today()
        data = data.copy()
        places = self._institutions()
        if places and not data.get("team") and data.get("institution") not in {str(key) for key, _name in places}:
            data["institution"] = str(places[0][0])
        super().__init__(data, queryset=Coverage.objects.visible_to(user))
        if not places:
            del self.filters["institution"]
        else:
            self.filters["institution"].extra |= {"choices": places, "widget": LongSelect}
        teams = Team.objects.visible_to(user).existing_on(self.day)
        offered = {
            "team": [(team.pk, team.name) for team in teams],
            "village": [(village.pk, village.name) for village in villages_of(user)],
        }
        for name, choices in offered.items():
            self.filters[name].extra |= {"choices": choices, "widget": LongSelect}

    def _institutions(self) -> list[tuple[int, str]]:
        """What an account of the district chooses from: institutions with teams. Empty for others."""
        if not self.user.scope.is_district:
            return []
        rows = Institution.objects.filter(teams__isnull=False).distinct().order_by("code")
        return list(rows.values_list("pk", "name"))

    def managed_by(self, rows: CoverageQuerySet, _name: str, pk: str) -> CoverageQuerySet:
        """Of residents whom the institution or one below it manages."""
        return rows.filter(resident__institution__in=Institution.objects.subtree(int(pk)))

    def filter_queryset(self, queryset: CoverageQuerySet) -> CoverageQuerySet:
        """Narrowed by place first; the reason is told of those who are left."""
        return self._of_reason(unserved(self._placed(queryset), self.terms))

    @cached_property
    def terms(self) -> Terms:
        """The terms of today."""
        return terms_on(self.day)

    @cached_property
    def standing(self) -> Standing:
        """How many there are, with all reasons. Two queries."""
        placed = self._placed(Coverage.objects.visible_to(self.user))
        counted = unserved(placed, self.terms).order_by().values("reason").annotate(people=Count("pk"))
        by_reason = {row["reason"]: row["people"] for row in counted}
        return Standing(expected(placed, self.terms).count(), {reason: by_reason.get(reason, 0) for reason in Reason})

    def _placed(self, rows: CoverageQuerySet) -> CoverageQuerySet:
        chosen: dict[str, Any] = self.form.cleaned_data if self.form.is_valid() else {}
        for name, value in chosen.items():
            if name != "reason":
                rows = self.filters[name].filter(rows, value)
        return rows

    def _of_reason(self, rows: CoverageQuerySet) -> CoverageQuerySet:
        reason = self.form.cleaned_data.get("reason") if self.form.is_valid() else ""
        return rows.filter(reason=reason) if reason else rows
