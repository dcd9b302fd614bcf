"""Lines of the list of residents: the same for its page and its export."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import F, OuterRef, QuerySet, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Coverage
from contracts.models.status import last_day
from contracts.queries.coverages import told
from residents.categories import category_names
from residents.identity import mask_id_number
from residents.models import Register, Resident, Sex
from teams.cipher import decrypt
from teams.dates import age_on, last_born_with_age
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
COVERAGE = ("resident_id", "start_on", "end_on", "terminated_on", "team__name", "package_names", "suspended")


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

    @cached_property
    def born_by(self) -> tuple[date, date]:
        """Who was born by the first day is elderly, who was born after the second is a child."""
        elderly, child = self.policy["elderly_age"], self.policy["child_age"]
        return last_born_with_age(elderly, self.day), last_born_with_age(child + 1, self.day)


@dataclass(frozen=True)
class Line:
    """A `loaded` resident, the coverage that began last, if any, and what is known of the page."""

    resident: Any
    coverage: Any
    facts: Facts


# What stands in a column. Only what is shown is worked out: some of it is encrypted, and a page has a thousand cells.
CELLS: Mapping[str, Callable[[Line], Cell]] = {
    "name": lambda line: Cell(line.resident.name),
    "id_number": lambda line: Cell(id_text(line.resident, whole=line.facts.whole), is_masked=True),
    "sex": lambda line: Cell(str(Sex(line.resident.sex).label)),
    "age": lambda line: Cell(age_on(line.resident.birth_date, line.facts.day)),
    "birth_date": lambda line: Cell(line.resident.birth_date),
    "phone": lambda line: Cell(phone_text(line.resident, whole=line.facts.whole), is_masked=True),
    "phone_problem": lambda line: _problem(line.resident.phone_problem),
    "household": lambda line: Cell(line.resident.household_number or ""),
    "institution": lambda line: Cell(line.resident.institution_name),
    "village": lambda line: Cell(line.resident.village_name or ""),
    "address": lambda line: Cell(line.resident.address),
    "categories": lambda line: Cell(_categories(line.resident, line.facts)),
    "standing": lambda line: standing_of(line.resident, line.coverage, line.facts.day),
    "team": lambda line: Cell(line.coverage.team__name if line.coverage else ""),
    "start_on": lambda line: Cell(line.coverage.start_on if line.coverage else None),
    "end_on": lambda line: Cell(last_day(line.coverage) if line.coverage else None),
    "packages": lambda line: Cell(_(", ").join(line.coverage.package_names) if line.coverage else ""),
    "registered_on": lambda line: Cell(line.resident.registered_on),
}


def latest_coverages(ids: Collection[int], day: date) -> dict[int, Any]:
    """Resident id -> the coverage that began last by the day: a row of COVERAGE, with `package_names` and
    whether it is `suspended` on the day."""
    rows = told(Coverage.objects.filter(resident__in=ids, start_on__lte=day), day).order_by("start_on")
    return {row.resident_id: row for row in rows.values_list(*COVERAGE, named=True)}


def loaded(residents: QuerySet[Resident], day: date) -> QuerySet[Any]:
    """The residents with the names of their places, and as `on_registers` the codes of those that they are on, on the
    day."""

    entries = Register.objects.on(day).filter(resident=OuterRef("pk")).order_by("category")
    return residents.annotate(
        household_number=F("household__number"),
        institution_name=F("institution__name"),
        village_name=F("village__name"),
        on_registers=ArraySubquery(entries.values("category").distinct(), output_field=ArrayField(TextField())),
    )


def cells(resident: Any, facts: Facts, columns: Iterable[str]) -> dict[str, Cell]:
    """The cells of a `loaded` resident's line by column code; masked unless the facts are asked for whole."""
    line = Line(resident, facts.coverages.get(resident.pk), facts)
    return {code: CELLS[code](line) for code in columns}


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


def standing_of(resident: Resident, coverage: Any, day: date) -> Cell:
    """Whether somebody is signed on the day, in a word; those who left are told by that."""
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
    return [[cell.value for cell in cells(resident, facts, columns).values()] for resident in chunk]


def _problem(code: str) -> Cell:
    words = str(PHONE_PROBLEMS.get(code, code))
    return Cell(words, tone="warn" if words else "")


def _categories(resident: Any, facts: Facts) -> str:
    elderly_by, child_after = facts.born_by
    found = ["elderly"] if resident.birth_date <= elderly_by else []
    if resident.birth_date > child_after:
        found.append("child")
    return _(", ").join([str(facts.names.get(code, code)) for code in found + resident.on_registers])
