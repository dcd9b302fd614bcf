"""签而不约: who is signed and was not served, and why nobody came (docs/rules.md 3, `unserved`, and reading 62).

The people are exactly those of the figure; the reason follows from the facts, the first that applies in `Reason`.
Lists and their counts are read off what the worker found in the last hour (`Unserved`), as the figures are.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

import django_filters
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Greatest
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contracts.models import Attempt, Coverage, FulfilmentCell, Service, Status, Unserved
from contracts.models.agreements import CoverageQuerySet
from contracts.models.fulfilment import UnservedQuerySet, seen_unserved
from contracts.queries.accounts import unpaid_coverages
from contracts.queries.fulfilment import counted_at
from contracts.queries.people import villages_of
from teams.clock import today
from teams.composition import DOCTORS
from teams.fields import offering
from teams.models import Institution, Team, TeamMember, User
from teams.models.places import subtree_ids
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


@dataclass
class Standing:
    """How many are expected to have been served, and of those not served how many for each reason."""

    expected: int = 0
    by_reason: Counter[str] = field(default_factory=Counter)

    @property
    def unserved(self) -> int:
        """Those not served."""
        return self.by_reason.total()


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
    return with_reason(expected(rows, terms).filter(~Exists(_served(terms))), terms)


def with_reason(rows: CoverageQuerySet, terms: Terms) -> CoverageQuerySet:
    """The coverages with `reason`, why nobody came, and `tried_on`, when somebody tried last."""
    tried = Attempt.objects.filter(
        resident=OuterRef("resident"),
        tried_on__lte=terms.day,
        tried_on__gte=Greatest(OuterRef("start_on"), Value(terms.since)),
    ).order_by("-tried_on", "-pk")
    return rows.annotate(
        outcome=Subquery(tried.values("outcome")[:1]),
        tried_on=Subquery(tried.values("tried_on")[:1]),
        reason=_reason(terms.without_doctor),
    )


def found(*where: Q) -> CoverageQuerySet:
    """Coverages that the worker found unserved; with `reason` and `tried_on` as it found them."""
    return Coverage.objects.filter(*where, found_unserved__isnull=False).annotate(
        reason=F("found_unserved__reason"), tried_on=F("found_unserved__tried_on")
    )


def with_service(rows: CoverageQuerySet, day: date) -> CoverageQuerySet:
    """The coverages with `served_on`, the last service that counts: of those served since the count."""
    since = day - timedelta(days=policy_on(day)["unserved_window_days"])
    services = Service.objects.filter(
        resident=OuterRef("resident"),
        performed_on__gte=Greatest(OuterRef("start_on"), Value(since)),
        performed_on__lte=day,
    )
    return rows.annotate(served_on=Subquery(services.order_by("-performed_on").values("performed_on")[:1]))


def _served(terms: Terms) -> QuerySet[Service]:
    return Service.objects.filter(
        resident=OuterRef("resident"),
        performed_on__lte=terms.day,
        performed_on__gte=Greatest(OuterRef("start_on"), Value(terms.since)),
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


# Where a coverage, or what the worker counted, has its place.
_LIVE = {"institution": "resident__institution", "team": "contract__team", "village": "resident__village"}
_COUNTED = {name: name for name in _LIVE}
_FOUND = {name: f"found_unserved__{name}" for name in _LIVE}
Place = tuple[int, int]  # ids of the managing institution and the team


class UnservedFilter(django_filters.FilterSet):
    """Those not served among the contracts that the account sees, narrowed by a query string.

    An institution is that of the residents, with everything below it, as in the figure. `counted_at` is when the
    worker found them; None when they are looked for now, because it found nothing of today yet.
    """

    reason = django_filters.ChoiceFilter(label=_("Reason"), choices=Reason.choices, empty_label=_("All"))
    institution = django_filters.ChoiceFilter(label=_("Institution"), empty_label=_("All"))
    team = django_filters.ChoiceFilter(label=_("Team"), empty_label=_("All"))
    village = django_filters.ChoiceFilter(label=_("Village"), empty_label=_("All"))

    def __init__(self, data: QueryDict, *, user: User) -> None:
        self.user, self.day = user, today()
        self.counted_at = counted_at(self.day)
        super().__init__(data, queryset=Coverage.objects.visible_to(user))
        offered = self._offered()
        self.institutions, self.teams = offered["institution"], offered["team"]
        if not self.institutions:
            del self.filters["institution"]
        for name, choices in offered.items():
            if name in self.filters:
                self.filters[name].extra |= offering(list(choices.items()))

    def _offered(self) -> dict[str, dict[int, str]]:
        """Id -> name by filter, in order of codes: institutions with teams for an account of the district, the teams of
        today, villages. One query."""
        rows: dict[str, QuerySet[Any]] = {
            "team": Team.objects.visible_to(self.user).existing_on(self.day),
            "village": villages_of(self.user),
        }
        if self.user.scope.is_district:
            rows["institution"] = Institution.objects.filter(teams__isnull=False).distinct()
        first, *others = (
            each.order_by().values_list("code", "pk", "name", Value(place)) for place, each in rows.items()
        )
        found: dict[str, dict[int, str]] = {"institution": {}, "team": {}, "village": {}}
        for _code, key, name, place in first.union(*others, all=True).order_by("code"):
            found[place][key] = name
        return found

    @cached_property
    def chosen(self) -> dict[str, str]:
        """What was chosen, without what is no choice."""
        return {name: value for name, value in self.form.cleaned_data.items() if value} if self.form.is_valid() else {}

    @cached_property
    def terms(self) -> Terms:
        """The terms of today."""
        return terms_on(self.day)

    def filter_queryset(self, queryset: CoverageQuerySet) -> CoverageQuerySet:
        """Narrowed by place first; the reason is told of those who are left."""
        if self.counted_at:
            rows = found(seen_unserved(self.user, "found_unserved__") & self._where(_FOUND))
        else:
            rows = unserved(queryset.filter(self._where(_LIVE)), self.terms)
        return rows.filter(reason=self.chosen["reason"]) if "reason" in self.chosen else rows

    @cached_property
    def standing(self) -> Standing:
        """How many there are, with all reasons."""
        return self.told_by(lambda place: None).get(None, Standing())

    def told_by(self, key: Callable[[Place], Any]) -> dict[Any, Standing]:
        """The same for each key of a place. Two queries, once."""
        expected, by_reason = self._counts
        told: defaultdict[Any, Standing] = defaultdict(Standing)
        for place, count in expected.items():
            told[key(place)].expected += count
        for (institution, team, reason), count in by_reason.items():
            told[key((institution, team))].by_reason[reason] += count
        return told

    @cached_property
    def _counts(self) -> tuple[dict[Place, int], dict[tuple[int, int, str], int]]:
        """Place -> people expected to have been served; place and reason -> people not served."""
        if self.counted_at:
            return self._counted()
        rows = Coverage.objects.visible_to(self.user).filter(self._where(_LIVE)).order_by()
        place = _LIVE["institution"], _LIVE["team"]
        return (
            _counted(expected(rows, self.terms).values_list(*place)),
            _counted(unserved(rows, self.terms).values_list(*place, "reason")),
        )

    def _counted(self) -> tuple[dict[Place, int], dict[tuple[int, int, str], int]]:
        """The same as the worker found it. One query: people expected stand where a reason would."""
        cells = FulfilmentCell.objects.visible_to(self.user).filter(self._where(_COUNTED), version=None, day=self.day)
        people = cells.order_by().values_list("institution", "team", Value("")).annotate(people=Sum("expected"))
        found = self._found.order_by().values_list("institution", "team", "reason").annotate(people=Count("pk"))
        expected, by_reason = {}, {}
        for institution, team, reason, count in people.union(found, all=True):
            if reason:
                by_reason[institution, team, reason] = count
            else:
                expected[institution, team] = count
        return expected, by_reason

    @property
    def _found(self) -> UnservedQuerySet:
        """What the worker found at the places chosen."""
        return Unserved.objects.visible_to(self.user).filter(self._where(_COUNTED))

    def _where(self, fields: dict[str, str]) -> Q:
        """The places chosen, of rows that have them in such fields."""
        where = Q()
        if "institution" in self.chosen:
            where &= Q(**{f"{fields['institution']}__in": subtree_ids(int(self.chosen["institution"]))})
        for name in ("team", "village"):
            if name in self.chosen:
                where &= Q(**{fields[name]: self.chosen[name]})
        return where


def _counted(rows: QuerySet[Any, Any]) -> dict[Any, int]:
    return {tuple(key): count for *key, count in rows.annotate(people=Count("pk"))}
