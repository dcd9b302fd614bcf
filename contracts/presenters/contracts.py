"""Lines of the list of contracts: the same for its page and its export."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Contract, Coverage, LifecycleEntry, Status
from contracts.models.status import status_of
from contracts.presenters.people import id_text, phone_text
from contracts.queries.coverages import told
from teams.lists import Cell, Column

COLUMNS = (
    Column("name", gettext_lazy("Name"), ("resident__initials", "resident__name"), is_fixed=True),
    Column("id_number", gettext_lazy("ID number")),
    Column("status", gettext_lazy("Status")),
    Column("number", gettext_lazy("Contract number"), ("contract__number",)),
    Column("team", gettext_lazy("Team")),
    Column("packages", gettext_lazy("Packages")),
    Column("signed_on", gettext_lazy("Signed on"), ("contract__signed_on",)),
    Column("start_on", gettext_lazy("In force from"), ("start_on",)),
    Column("end_on", gettext_lazy("Last day in force"), ("end_on",)),
    Column("village", gettext_lazy("Village")),
    Column("phone", gettext_lazy("Phone"), shown=False),
    Column("institution", gettext_lazy("Institution of the team"), shown=False),
    Column("origin", gettext_lazy("Origin"), shown=False),
    Column("reason", gettext_lazy("Why it ended"), shown=False),
)
TONES = {
    Status.TO_START: "info",
    Status.IN_FORCE: "good",
    Status.SUSPENDED: "warn",
    Status.EXPIRED: "grey",
    Status.TERMINATED: "grey",
    Status.DIED: "grey",
    Status.MOVED: "grey",
}


@dataclass(frozen=True)
class Line:
    """A `loaded` coverage as it stands on the day; identities masked unless asked for whole."""

    coverage: Any
    day: date
    whole: bool


# What stands in a column; only what is shown is worked out.
CELLS: Mapping[str, Callable[[Line], Cell]] = {
    "name": lambda line: Cell(line.coverage.resident.name),
    "id_number": lambda line: Cell(id_text(line.coverage.resident, whole=line.whole), is_masked=True),
    "status": lambda line: status_chip(status_of(line.coverage, line.day, is_suspended=line.coverage.suspended)),
    "number": lambda line: Cell(line.coverage.contract.number),
    "team": lambda line: Cell(line.coverage.team_name),
    "packages": lambda line: Cell(_(", ").join(line.coverage.package_names)),
    "signed_on": lambda line: Cell(line.coverage.contract.signed_on),
    "start_on": lambda line: Cell(line.coverage.start_on),
    "end_on": lambda line: Cell(max(line.coverage.last_on, line.coverage.start_on)),
    "village": lambda line: Cell(line.coverage.village_name or ""),
    "phone": lambda line: Cell(phone_text(line.coverage.resident, whole=line.whole), is_masked=True),
    "institution": lambda line: Cell(line.coverage.institution_name),
    "origin": lambda line: Cell(line.coverage.contract.get_origin_display()),
    "reason": lambda line: Cell(line.coverage.reason_words),
}


def loaded(day: date) -> QuerySet[Any]:
    """Coverages with everything that a line tells of the day."""
    return told(Coverage.objects.select_related("resident", "contract"), day).annotate(
        team_name=F("team__name"),
        institution_name=F("team__institution__name"),
        village_name=F("resident__village__name"),
    )


def cells(coverage: Any, day: date, columns: Iterable[str], *, whole: bool = False) -> dict[str, Cell]:
    """The cells of a `loaded` coverage's line by column code."""
    line = Line(coverage, day, whole)
    return {code: CELLS[code](line) for code in columns}


def status_cell(coverage: Coverage, day: date) -> Cell:
    """What a coverage is on the day, as a chip."""
    return status_chip(coverage.status_on(day))


def status_chip(status: Status) -> Cell:
    """The status as a chip."""
    return Cell(str(status.label), tone=TONES[status])


def steps(entries: Sequence[LifecycleEntry], following: Sequence[Contract]) -> list[dict[str, Any]]:
    """A contract's history, the latest step first: dicts day, words, detail, contract (or None), consent, by, at."""
    numbers = {other.number: other for other in following}
    return [
        {
            "day": entry.on,
            "words": entry.get_kind_display(),
            "who": entry.coverage.resident.name if entry.coverage else "",
            "detail": _detail(entry, numbers),
            "contract": numbers.get(entry.reason),
            "consent": entry.get_consent_display(),
            "by": entry.entered_by,
            "at": entry.entered_at,
        }
        for entry in entries
    ]


def _detail(entry: LifecycleEntry, numbers: dict[str, Contract]) -> str:
    if entry.kind == LifecycleEntry.Kind.TERMINATED:
        code, colon, note = entry.reason.partition(": ")
        return f"{Coverage(termination_reason=code).reason_words}{colon}{note}"
    if entry.kind == LifecycleEntry.Kind.CONFIRMED and entry.reason:
        return _("contract year %(year)s") % {"year": entry.reason}
    return "" if entry.reason in numbers else entry.reason
