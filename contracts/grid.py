"""A grid of services as people type or paste it: rows of texts become entries, or say what is wrong with them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contracts.models.ledger import READINGS
from contracts.readings import doubts, parse_glucose
from contracts.rules import check_readings
from residents.identity import IdentityError, parse_id_number
from residents.models import Resident
from teams import cipher
from teams.cells import CellError, is_blank, parse_date, parse_integer, parse_text
from teams.clock import today
from teams.rules import RuleViolation
from teams.typed import line_of

MOST_ROWS = 300
# What a row holds besides its person, in the order in which a spreadsheet's columns are pasted.
CELLS = {
    "performed_on": (_("Date"), parse_date),
    "systolic": (_("Systolic"), lambda cell: parse_integer(cell, 0, 1000)),
    "diastolic": (_("Diastolic"), lambda cell: parse_integer(cell, 0, 1000)),
    "fasting_glucose": (_("Glucose"), parse_glucose),
    "note": (_("Note"), lambda cell: parse_text(cell, 200)),
}
_PRESSURE = re.compile(r"(\d{2,3})\s*[/／]\s*(\d{2,3})")
_KEY = re.compile(r"#(\d{1,18})")


@dataclass
class Row:
    """A row as it was typed. `person` is an ID number, a name, or `#` and a resident's id; `item` an item's code;
    `confirmed` the readings that were asked about already."""

    person: str
    item: str = ""
    cells: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CELLS, ""))
    is_done: bool = False
    confirmed: str = ""
    resident: Resident | None = None
    error: str | Promise = ""

    @property
    def is_filled(self) -> bool:
        """Whether it was ticked or something typed: untouched rows are passed over."""
        return self.is_done or any(not is_blank(cell) for name, cell in self.cells.items() if name != "performed_on")

    def values(self) -> dict[str, Any]:
        """What the filled cells say. Sets `error` and raises CellError at the first that cannot be read."""
        found = {}
        for name, cell in self.cells.items():
            label, read = CELLS[name]
            if is_blank(cell):
                continue
            try:
                found[name] = read(cell)
            except CellError as error:
                self.error = format_lazy("{label}: {message}", label=label, message=error.message)
                raise
        return found

    def asks_again(self, said: Mapping[str, Any]) -> bool:
        """Whether its readings are unusual, which then stands in `error`, and were not sent like this before."""
        readings = {name: said.get(name) for name in READINGS}
        typed = ",".join(str(value) for value in readings.values())
        odd = [] if _is_impossible(readings) else list(doubts(readings))
        if not odd or self.confirmed == typed:
            return False
        message = _("{doubts} If it is right, enter the rows once more.")
        self.confirmed, self.error = typed, format_lazy(message, doubts=" ".join(map(str, odd)))
        return True


def _is_impossible(readings: dict[str, Any]) -> bool:
    """Whether they are refused anyway."""
    try:
        check_readings(**readings)
    except RuleViolation:
        return True
    return False


def posted_rows(data: QueryDict) -> list[Row]:
    """The rows of a grid as it was sent."""
    done = set(data.getlist("done"))
    names = ("person", "row_item", "confirmed", *(f"cell_{name}" for name in CELLS))
    rows = []
    for number, (person, item, confirmed, *cells) in enumerate(zip(*map(data.getlist, names), strict=False)):
        rows.append(Row(line_of(person), item, dict(zip(CELLS, cells, strict=True)), str(number) in done, confirmed))
    return rows[:MOST_ROWS]


def pasted_rows(block: str) -> list[Row]:
    """The rows of a block copied from a spreadsheet: person, date (may be missing), pressures (also as 138/86),
    glucose, note."""
    rows = []
    for line in block.splitlines():
        person, *rest = (part.strip() for part in re.split(r"[\t,，]", line.strip()))
        if person:
            rest = list(_split_pressures(rest))
            cells = rest if rest and _is_date(rest[0]) else ["", *rest]
            padded = [*cells, *[""] * len(CELLS)]
            rows.append(Row(person, cells=dict(zip(CELLS, padded, strict=False)), is_done=True))
    return rows[:MOST_ROWS]


def _split_pressures(cells: Iterable[str]) -> Iterator[str]:
    for cell in cells:
        pressure = _PRESSURE.fullmatch(cell)
        yield from pressure.groups() if pressure else (cell,)


def _is_date(text: str) -> bool:
    try:
        parse_date(text)
    except CellError:
        return False
    return True


def name_people(rows: Iterable[Row], visible: QuerySet[Resident]) -> None:
    """Find each row's resident among the visible: by id, by ID number, or by a name that one of them alone has.

    Three queries, however many rows.
    """
    asked = list(rows)
    keys = {row.person: int(found[1]) for row in asked if (found := _KEY.fullmatch(row.person))}
    hashes = {row.person: hashed for row in asked if row.person not in keys and (hashed := _hash(row.person))}
    names = {row.person for row in asked} - keys.keys() - hashes.keys() - {""}
    by_key = visible.in_bulk(list(keys.values())) if keys else {}
    by_hash = {bytes(one.id_hash): one for one in visible.filter(id_hash__in=list(hashes.values()))} if hashes else {}
    by_name = _by_name(visible, names)
    for row in asked:
        namesakes = by_name.get(row.person, [])
        row.resident = by_key.get(keys.get(row.person, 0)) or by_hash.get(hashes.get(row.person, b""))
        if row.resident is None and len(namesakes) == 1:
            row.resident = namesakes[0]
        if row.resident is None:
            row.error = _("Several people have this name: enter the ID number.") if namesakes else NOBODY


NOBODY = _("Nobody whom you may see has this ID number or name.")


def _by_name(visible: QuerySet[Resident], names: set[str]) -> Mapping[str, list[Resident]]:
    found: dict[str, list[Resident]] = {}
    for one in visible.filter(name__in=names)[: 10 * MOST_ROWS] if names else ():
        found.setdefault(one.name, []).append(one)
    return found


def _hash(text: str) -> bytes | None:
    """What an ID number is found by; None for what is no ID number."""
    try:
        return cipher.lookup_hash(parse_id_number(text, today=today()).number, field="id_number")
    except IdentityError:
        return None
