"""Residents for a list, by whatever makes somebody look for them: the one place for the page and its export."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage
from residents.categories import KEY, categories, category_names
from residents.models import Register, Resident, Sex
from residents.queries.search import matching
from teams.clock import today
from teams.dates import last_born_with_age
from teams.fields import offering
from teams.lists import MANY
from teams.models import Division, Institution, Team, TeamVillage, User
from teams.models.places import subtree_ids
from teams.phones import PHONE_PROBLEMS
from teams.policy import policy_on

STANDINGS = (
    ("signed", _("signed")),
    ("unsigned", _("not signed")),
    ("expired", _("expired, not signed again")),
    ("ending", _("ends soon")),
)
PRESENCE = (("moved", _("moved out")), ("died", _("died")), ("all", _("everybody")))
ANY_PROBLEM = "any"
# More than a team and its villages have.
MANY_OF_A_DOCTOR = 50_000


class PeopleFilter(django_filters.FilterSet):
    """Residents whom the account sees, narrowed by a query string; without `presence`, the population of today."""

    q = django_filters.CharFilter(method="named", label=_("Name, initials or address"))
    institution = django_filters.ChoiceFilter(method="managed_by", label=_("Institution"), empty_label=_("All"))
    team = django_filters.ChoiceFilter(method="signed_with", label=_("Signed with team"), empty_label=_("All"))
    village = django_filters.ChoiceFilter(field_name="village", label=_("Village"), empty_label=_("All"))
    category = django_filters.ChoiceFilter(method="belonging", label=_("Key population"), empty_label=_("All"))
    standing = django_filters.ChoiceFilter(
        method="standing_so", label=_("Contract"), choices=STANDINGS, empty_label=_("All")
    )
    age_from = django_filters.NumberFilter(method="aged_from", label=_("Age from"))
    age_to = django_filters.NumberFilter(method="aged_to", label=_("Age to"))
    sex = django_filters.ChoiceFilter(choices=Sex, label=_("Sex"), empty_label=_("All"))
    phone = django_filters.ChoiceFilter(method="phoned", label=_("Phone"), empty_label=_("All"))
    presence = django_filters.ChoiceFilter(
        method="present", label=_("In the population"), choices=PRESENCE, empty_label=_("today")
    )
    among = django_filters.CharFilter(method="one_of", label=_("Found"), widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        self.user, self.day = user, today()
        rows = Resident.objects.visible_to(user)
        if not data.get("presence"):
            rows = rows.in_population_on(self.day)
        super().__init__(data, queryset=rows)
        offered: dict[str, Sequence[tuple[Any, Any]]] = {
            **place_choices(user),
            "category": [(code, name) for code, name in self.names.items() if code != "all"],
            "phone": [(ANY_PROBLEM, _("any problem")), *PHONE_PROBLEMS.items()],
        }
        for name, choices in offered.items():
            self.filters[name].extra |= offering(choices)
        for name in ("age_from", "age_to"):
            self.filters[name].extra |= {"min_value": 0, "max_value": 130, "decimal_places": 0}

    @property
    def many(self) -> int:
        """From so many rows on a page is sooner read off the index of its order. A doctor's people are found by what
        makes them theirs, which no order follows: they are sorted, once."""
        return MANY_OF_A_DOCTOR if self.user.scope.teams else MANY

    @cached_property
    def names(self) -> dict[str, Any]:
        """Code -> name of the key populations."""
        return category_names()

    @cached_property
    def policy(self) -> dict[str, int]:
        """The policy values of the day."""
        return policy_on(self.day)

    def named(self, rows: QuerySet[Resident], _name: str, text: str) -> QuerySet[Resident]:
        """Whom the text names. Numbers are looked for elsewhere: they don't belong into an address."""
        return matching(rows, text)

    def managed_by(self, rows: QuerySet[Resident], _name: str, pk: str) -> QuerySet[Resident]:
        """Managed by the institution or one below it."""
        below, own = subtree_ids(int(pk)), self.user.scope.institutions
        # What holds for everybody is not said twice: the database would take it for two conditions.
        is_all = own and own <= below and not self.user.scope.teams
        return rows if is_all else rows.filter(institution__in=below)

    def signed_with(self, rows: QuerySet[Resident], _name: str, pk: str) -> QuerySet[Resident]:
        """With a contract of the team today."""
        return rows.filter(Exists(running(self.day).filter(team=int(pk))))

    def belonging(self, rows: QuerySet[Resident], _name: str, code: str) -> QuerySet[Resident]:
        """In the key population today (docs/rules.md 2)."""
        return rows.filter(in_category(code, self.day, self.policy))

    def standing_so(self, rows: QuerySet[Resident], _name: str, standing: str) -> QuerySet[Resident]:
        """Covered today, not covered, no longer covered, or covered for a few more weeks."""
        now = running(self.day)
        if standing == "signed":
            return rows.filter(looked_up(now))
        if standing == "ending":
            until = self.day + timedelta(days=self.policy["renewal_days_ahead"])
            return rows.filter(Exists(now.filter(end_on__lte=until)))
        if standing == "expired":
            ended = Q(end_on__lt=self.day) | Q(terminated_on__lte=self.day)
            past = Coverage.objects.filter(ended, resident=OuterRef("pk"))
            # Of the whole district those signed again are read at once; of a part of it, looked up.
            is_signed = Exists(now) if self.user.scope.is_district else looked_up(now)
            return rows.filter(Exists(past), ~Q(is_signed))
        return rows.filter(~Q(looked_up(now)))

    def aged_from(self, rows: QuerySet[Resident], _name: str, age: int) -> QuerySet[Resident]:
        """Of that age or older."""
        return rows.filter(birth_date__lte=last_born_with_age(int(age), self.day))

    def aged_to(self, rows: QuerySet[Resident], _name: str, age: int) -> QuerySet[Resident]:
        """Of that age or younger."""
        return rows.filter(birth_date__gt=last_born_with_age(int(age) + 1, self.day))

    def phoned(self, rows: QuerySet[Resident], _name: str, problem: str) -> QuerySet[Resident]:
        """With that problem of the phone number, or with any."""
        return rows.exclude(phone_problem="") if problem == ANY_PROBLEM else rows.filter(phone_problem=problem)

    def present(self, rows: QuerySet[Resident], _name: str, presence: str) -> QuerySet[Resident]:
        """Moved out or died by today, or everybody ever registered."""
        field = {"moved": "moved_out_on__lte", "died": "died_on__lte"}.get(presence)
        return rows.filter(**{field: self.day}) if field else rows

    def one_of(self, rows: QuerySet[Resident], _name: str, ids: str) -> QuerySet[Resident]:
        """Those that a search for a number found."""
        return rows.filter(pk__in=[int(each) for each in ids.split(",") if each.isdecimal() and len(each) < 19])


def running(day: date) -> QuerySet[Coverage]:
    """Of the outer resident, who is in the population: the coverage in force on the day."""
    return Coverage.objects.running_on(day).filter(resident=OuterRef("pk"))


def looked_up(rows: QuerySet[Any]) -> Coalesce:
    """Whether there is one of the rows, asked for each outer row by itself. `Exists` lets the database read all of
    them first, which takes longer than the few lines of a page need."""
    return Coalesce(Subquery(rows.values(one=Value(True))[:1]), Value(False))


def in_category(code: str, day: date, policy: dict[str, int]) -> Q:
    """Residents in a key population on the day; KEY: in any."""
    elderly = Q(birth_date__lte=last_born_with_age(policy["elderly_age"], day))
    child = Q(birth_date__gt=last_born_with_age(policy["child_age"] + 1, day))
    entries = Register.objects.on(day).filter(resident=OuterRef("pk"))
    if code == KEY:
        registers = [category.code for category in categories() if category.is_register]
        return elderly | child | Q(looked_up(entries.filter(category__in=registers)))
    by_age = {"elderly": elderly, "child": child}
    return by_age[code] if code in by_age else Q(Exists(entries.filter(category=code)))


def institution_choices(user: User) -> list[tuple[int, str]]:
    """The account's institutions by code, those that may manage residents."""
    rows = Institution.objects.visible_to(user).order_by("code")
    return [(institution.pk, institution.name) for institution in rows]


def place_choices(user: User) -> dict[str, list[tuple[int, str]]]:
    """The account's institutions, teams and villages, each as pairs of id and name in order of their codes."""
    found: dict[str, list[tuple[int, str]]] = {"institution": [], "team": [], "village": []}
    rows = (Institution.objects.visible_to(user), Team.objects.visible_to(user), villages_of(user))
    asked = (
        each.order_by().annotate(place=Value(place)).values_list("code", "pk", "name", "place")
        for place, each in zip(found, rows, strict=True)
    )
    first, *others = asked
    for _code, key, name, place in first.union(*others, all=True).order_by("code"):
        found[place].append((key, name))
    return found


def villages_of(user: User) -> QuerySet[Division]:
    """Villages that the account's teams serve; of the district all."""
    villages = Division.objects.filter(level=Division.Level.VILLAGE)
    if user.scope.is_district:
        return villages
    served = TeamVillage.objects.on(today()).filter(team__in=Team.objects.visible_to(user))
    return villages.filter(pk__in=served.values("village"))
