"""Lines of the list of contracts: the same for its page and its export."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
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


def loaded(day: date) -> QuerySet[Any]:
    """Coverages with everything that a line tells of the day."""
    return told(Coverage.objects.select_related("resident__village", "contract__team__institution"), day)


def cells(coverage: Any, day: date, *, whole: bool = False) -> dict[str, Cell]:
    """The cells of a `loaded` coverage's line by column code; identities masked unless asked for whole."""
    resident, contract = coverage.resident, coverage.contract
    return {
        "name": Cell(resident.name),
        "id_number": Cell(id_text(resident, whole=whole), is_masked=True),
        "status": _chip(status_of(coverage, day, is_suspended=coverage.suspended)),
        "number": Cell(contract.number),
        "team": Cell(contract.team.name),
        "packages": Cell(_(", ").join(coverage.package_names)),
        "signed_on": Cell(contract.signed_on),
        "start_on": Cell(coverage.start_on),
        "end_on": Cell(max(coverage.last_on, coverage.start_on)),
        "village": Cell(resident.village.name if resident.village else ""),
        "phone": Cell(phone_text(resident, whole=whole), is_masked=True),
        "institution": Cell(contract.team.institution.name),
        "origin": Cell(contract.get_origin_display()),
        "reason": Cell(coverage.reason_words),
    }


def status_cell(coverage: Coverage, day: date) -> Cell:
    """What a coverage is on the day, as a chip."""
    return _chip(coverage.status_on(day))


def _chip(status: Status) -> Cell:
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
