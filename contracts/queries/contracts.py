"""Contracts for a list, a line for each person covered: the one place for the page, its export and what is chosen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, F, Func, IntegerField, OuterRef
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from contracts.models import Confirmation, Coverage, CoveragePackage, Status
from contracts.models.agreements import CoverageQuerySet
from contracts.queries.people import in_category, place_choices
from contracts.queries.terms import last_coverages
from residents.categories import categories, category_names
from residents.models import Register, Resident
from residents.queries.search import matching
from service_packages.models import PackageVersion
from teams.clock import today
from teams.dates import add_months
from teams.fields import DayField, offering
from teams.models import Team, User
from teams.models.places import subtree_ids
from teams.policy import policy_on

RUNNING, ENDING, TO_CONFIRM, ALL = "running", "ending", "to_confirm", "all"
CHOICES = (
    (RUNNING, _("not over")),
    (ENDING, _("ends soon, not renewed")),
    (TO_CONFIRM, _("to be confirmed")),
    *Status.choices,
    (ALL, _("All")),
)
# Orders and filters of contracts go together (what was signed last ends last): the index of an order may begin with
# thousands of rows that the filters leave out, while sorting takes a known time.
MANY = 12_000


class DayFilter(django_filters.Filter):
    """A day as clerks type it."""

    field_class = DayField


class ContractFilter(django_filters.FilterSet):
    """Coverages of contracts that the account sees, narrowed by a query string; without `status`, those not over."""

    q = django_filters.CharFilter(method="named", label=_("Name, initials or contract number"))
    status = django_filters.ChoiceFilter(method="standing_so", label=_("Status"), choices=CHOICES, empty_label=None)
    days = django_filters.NumberFilter(method="kept", label=_("Ends within days"), min_value=0, max_value=3650)
    institution = django_filters.ChoiceFilter(method="of_institution", label=_("Institution"), empty_label=_("All"))
    team = django_filters.ChoiceFilter(field_name="team", label=_("Team"), empty_label=_("All"))
    village = django_filters.ChoiceFilter(field_name="resident__village", label=_("Village"), empty_label=_("All"))
    category = django_filters.ChoiceFilter(method="belonging", label=_("Key population"), empty_label=_("All"))
    package = django_filters.ChoiceFilter(method="holding", label=_("Package"), empty_label=_("All"))
    end_from = DayFilter(field_name="end_on", lookup_expr="gte", label=_("Ends from"))
    end_to = DayFilter(field_name="end_on", lookup_expr="lte", label=_("Ends up to"))
    signed_from = DayFilter(field_name="contract__signed_on", lookup_expr="gte", label=_("Signed from"))
    signed_to = DayFilter(field_name="contract__signed_on", lookup_expr="lte", label=_("Signed up to"))
    among = django_filters.CharFilter(method="one_of", label=_("Found"), widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, user: User) -> None:
        self.user, self.day = user, today()
        data = data.copy()
        data.setdefault("status", ENDING if data.get("days") else RUNNING)
        super().__init__(data, queryset=Coverage.objects.visible_to(user))
        offered: dict[str, Sequence[tuple[Any, Any]]] = {
            **place_choices(user),
            "category": [(code, name) for code, name in category_names().items() if code != "all"],
            "package": list(dict(self.packages.values()).items()),
        }
        for name, choices in offered.items():
            self.filters[name].extra |= offering(choices)

    @property
    def order(self) -> str:
        """The column to sort by when none is chosen."""
        return "-signed_on" if self.data.get("signed_from") or self.data.get("signed_to") else "end_on"

    @property
    def many(self) -> int:
        """From so many rows on a page is sooner read off the index of its order; what ends soon is the index's
        beginning."""
        is_by_end = self.data.get("sort", self.order) == "end_on"
        return 0 if is_by_end and self.data["status"] == ENDING else MANY

    @cached_property
    def packages(self) -> dict[int, tuple[int, str]]:
        """Version id -> its package's id and its name, in order of packages; a package's latest version comes last."""
        versions = PackageVersion.objects.exclude(status=PackageVersion.Status.DRAFT)
        rows = versions.order_by("package__code", "number").values_list("pk", "package", "name")
        return {key: (package, name) for key, package, name in rows}

    @cached_property
    def policy(self) -> dict[str, int]:
        """The policy values of the day."""
        return policy_on(self.day)

    def named(self, rows: CoverageQuerySet, _name: str, text: str) -> CoverageQuerySet:
        """Whose name or contract number the text is. Other numbers are looked for elsewhere."""
        if any(character.isdigit() for character in text):
            return rows.filter(contract__number__startswith=text.strip().upper())
        return rows.filter(resident__in=matching(Resident.objects.all(), text))

    def standing_so(self, rows: CoverageQuerySet, _name: str, standing: str) -> CoverageQuerySet:
        """What they are today, or what is to be done about them."""
        if standing in Status.values:
            return rows.having_status(Status(standing), self.day)
        own: Mapping[str, Callable[[CoverageQuerySet], CoverageQuerySet]] = {
            RUNNING: lambda rows: rows.not_over_on(self.day),
            ENDING: self._ending,
            TO_CONFIRM: lambda rows: to_confirm(rows, self.day, self.policy),
        }
        return own[standing](rows) if standing in own else rows

    def kept(self, rows: CoverageQuerySet, _name: str, _days: int) -> CoverageQuerySet:
        """Read by `standing_so`."""
        return rows

    def of_institution(self, rows: CoverageQuerySet, _name: str, pk: str) -> CoverageQuerySet:
        """With a team of the institution or of one below it."""
        teams = set(Team.objects.filter(institution__in=subtree_ids(int(pk))).values_list("pk", flat=True))
        # What holds for everybody is not said twice: the database would take it for two conditions.
        is_all = not self.user.scope.is_district and self.user.seen_teams <= teams
        return rows if is_all else rows.filter(team__in=teams)

    def belonging(self, rows: CoverageQuerySet, _name: str, code: str) -> CoverageQuerySet:
        """Of residents who are in the key population today (docs/rules.md 2)."""
        if any(category.code == code and category.is_register for category in categories()):
            return rows.filter(resident__in=Register.objects.on(self.day).filter(category=code).values("resident"))
        return rows.filter(resident__in=Resident.objects.filter(in_category(code, self.day, self.policy)))

    def holding(self, rows: CoverageQuerySet, _name: str, pk: str) -> CoverageQuerySet:
        """That hold some version of the package."""
        versions = [version for version, (package, _name) in self.packages.items() if package == int(pk)]
        return rows.filter(Exists(CoveragePackage.objects.filter(coverage=OuterRef("pk"), version__in=versions)))

    def one_of(self, rows: CoverageQuerySet, _name: str, ids: str) -> CoverageQuerySet:
        """Of residents whom a search for a number found."""
        return rows.filter(resident__in=[int(each) for each in ids.split(",") if each.isdecimal() and len(each) < 19])

    def _ending(self, rows: CoverageQuerySet) -> CoverageQuerySet:
        asked = self.data.get("days", "")
        days = int(asked) if asked.isdecimal() and len(asked) < 5 else None
        return last_coverages(rows, self.day, days=days)


def to_confirm(rows: CoverageQuerySet, day: date, policy: Mapping[str, int]) -> CoverageQuerySet:
    """In force on the day, in the second year of the contract or a later one, and not confirmed for that year."""
    if not policy["confirmed_yearly"]:
        return rows.none()
    confirmed = Confirmation.objects.filter(contract=OuterRef("contract"), year__gte=OuterRef("contract_year"))
    old = rows.filter(start_on__lte=add_months(day, -12) + timedelta(days=1), end_on__gte=day)
    in_year = old.having_status(Status.IN_FORCE, day).alias(contract_year=_ContractYear(F("start_on"), day=day))
    return in_year.filter(~Exists(confirmed), contract_year__gte=2)


class _ContractYear(Func):
    """Which year of a coverage the day lies in, as `contracts.rules.lifecycle.contract_year` tells it."""

    template = (
        "(%(year)s - extract(year from %(expressions)s)::int"
        " + (%(expressions)s + make_interval(years => %(year)s - extract(year from %(expressions)s)::int)"
        " <= date '%(day)s')::int)"
    )
    output_field = IntegerField()

    def __init__(self, expression: Any, *, day: date) -> None:
        super().__init__(expression, day=day.isoformat(), year=day.year)
