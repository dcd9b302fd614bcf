"""Lines of the list of residents: the same for its page and its export."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import OuterRef, QuerySet, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Coverage
from contracts.queries.coverages import told
from residents.categories import category_names
from residents.identity import mask_id_number
from residents.models import Register, Resident
from teams.cipher import decrypt
from teams.dates import ONE_DAY, age_on, last_born_with_age
from teams.lists import Cell, Column
from teams.phones import PHONE_PROBLEMS, mask_phone
from teams.policy import policy_on

COLUMNS = (
    Column("name", gettext_lazy("Name"), ("initials", "name"), is_fixed=True),
    Column("id_number", gettext_lazy("ID number")),
    Column("sex", gettext_lazy("Sex")),
    Column("age", gettext_lazy("Age"), ("birth_date",), is_number=True),
    Column("birth_date", gettext_lazy("Birth date"), ("birth_date",), shown=False),
    Column("phone", gettext_lazy("Phone")),
    Column("phone_problem", gettext_lazy("Problem of the phone number"), shown=False),
    Column("household", gettext_lazy("Household"), shown=False),
    Column("institution", gettext_lazy("Institution"), shown=False),
    Column("village", gettext_lazy("Village")),
    Column("address", gettext_lazy("Address"), shown=False),
    Column("categories", gettext_lazy("Key populations")),
    Column("standing", gettext_lazy("Contract")),
    Column("team", gettext_lazy("Team")),
    Column("start_on", gettext_lazy("In force from"), shown=False),
    Column("end_on", gettext_lazy("Last day in force")),
    Column("packages", gettext_lazy("Packages"), shown=False),
    Column("registered_on", gettext_lazy("Registered on"), shown=False),
)
PLACES = ("household", "village", "institution")


@dataclass
class Facts:
    """What a page of residents needs to know of them, looked up for all at once. Keys are resident ids."""

    day: date
    whole: bool = False
    names: Mapping[str, Any] = field(default_factory=category_names)
    policy: Mapping[str, int] = field(default_factory=dict)
    coverages: Mapping[int, Any] = field(default_factory=dict)

    def look_up(self, residents: Sequence[Resident], columns: Collection[str]) -> "Facts":
        """Load what the columns show."""
        self.policy = self.policy or policy_on(self.day)
        ids = [resident.pk for resident in residents]
        if {"standing", "team", "start_on", "end_on", "packages"} & set(columns):
            self.coverages = latest_coverages(ids, self.day)
        return self


def latest_coverages(ids: Collection[int], day: date) -> dict[int, Any]:
    """Resident id -> the coverage that began last by the day, told as in `contracts.queries.coverages`."""
    rows = told(Coverage.objects.filter(resident__in=ids, start_on__lte=day), day)
    return {coverage.resident_id: coverage for coverage in rows.order_by("start_on")}


def loaded(residents: QuerySet[Resident], day: date) -> QuerySet[Any]:
    """The residents with their places, and as `on_registers` the codes of those that they are on, on the day."""
    entries = Register.objects.on(day).filter(resident=OuterRef("pk")).order_by("category")
    return residents.select_related(*PLACES).annotate(
        on_registers=ArraySubquery(entries.values("category").distinct(), output_field=ArrayField(TextField()))
    )


def cells(resident: Any, facts: Facts) -> dict[str, Cell]:
    """The cells of a `loaded` resident's line by column code; masked unless the facts are asked for whole."""
    coverage = facts.coverages.get(resident.pk)
    standing = standing_of(resident, coverage, facts)
    problem = PHONE_PROBLEMS.get(resident.phone_problem, resident.phone_problem)
    return {
        "name": Cell(resident.name),
        "id_number": Cell(id_text(resident, whole=facts.whole), is_masked=True),
        "sex": Cell(resident.get_sex_display()),
        "age": Cell(age_on(resident.birth_date, facts.day)),
        "birth_date": Cell(resident.birth_date),
        "phone": Cell(phone_text(resident, whole=facts.whole), is_masked=True),
        "phone_problem": Cell(str(problem), tone="warn" if problem else ""),
        "household": Cell(resident.household.number if resident.household else ""),
        "institution": Cell(resident.institution.name),
        "village": Cell(resident.village.name if resident.village else ""),
        "address": Cell(resident.address),
        "categories": Cell(_(", ").join(str(facts.names.get(code, code)) for code in _categories(resident, facts))),
        "standing": standing,
        "team": Cell(coverage.contract.team.name if coverage else ""),
        "start_on": Cell(coverage.start_on if coverage else None),
        "end_on": Cell(last_day(coverage) if coverage else None),
        "packages": Cell(_(", ").join(coverage.package_names) if coverage else ""),
        "registered_on": Cell(resident.registered_on),
    }


def id_text(resident: Resident, *, whole: bool = False) -> str:
    """The ID number, masked unless whole."""
    number = decrypt(resident.id_cipher, field="id_number")
    return number if whole else mask_id_number(number)


def phone_text(resident: Resident, *, whole: bool = False) -> str:
    """The phone number, masked unless whole; '' when there is none."""
    if resident.phone_cipher is None:
        return ""
    number = decrypt(resident.phone_cipher, field="phone")
    return number if whole else mask_phone(number)


def last_day(coverage: Coverage) -> date:
    """The last day on which a coverage is or was in force."""
    return min(coverage.end_on, coverage.terminated_on - ONE_DAY) if coverage.terminated_on else coverage.end_on


def standing_of(resident: Resident, coverage: Any, facts: Facts) -> Cell:
    """Whether somebody is signed on the day, in a word; those who left are told by that."""
    day = facts.day
    if resident.died_on and resident.died_on <= day:
        return Cell(_("died"), tone="grey")
    if resident.moved_out_on and resident.moved_out_on <= day:
        return Cell(_("moved out"), tone="grey")
    if coverage is None:
        return Cell(_("not signed"), tone="warn")
    if last_day(coverage) < day:
        return Cell(_("expired"), tone="warn")
    if coverage.suspended:
        return Cell(_("suspended"), tone="grey")
    return Cell(_("signed"), tone="good")


def line_maker(facts: Facts, columns: Sequence[str]) -> Any:
    """For files: residents -> lists of values in the order of the columns."""
    return partial(_lines, facts, columns)


def _lines(facts: Facts, columns: Sequence[str], residents: Iterable[Resident]) -> list[list[object]]:
    chunk = list(residents)
    facts.look_up(chunk, columns)
    return [[row[code].value for code in columns] for row in (cells(resident, facts) for resident in chunk)]


def _categories(resident: Any, facts: Facts) -> list[str]:
    found = []
    if resident.birth_date <= last_born_with_age(facts.policy["elderly_age"], facts.day):
        found.append("elderly")
    if resident.birth_date > last_born_with_age(facts.policy["child_age"] + 1, facts.day):
        found.append("child")
    return found + resident.on_registers
