"""Lines of the list of those signed and not served: why nobody came, and the one thing to do about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Coverage
from contracts.presenters.people import id_text, phone_text
from contracts.queries.unserved import Place, Reason, Standing, UnservedFilter, found, with_reason, with_service
from residents.models import is_seen
from teams.dates import age_on
from teams.lists import Cell, Column, address_of
from teams.models import User
from teams.models.places import parent_ids
from teams.permissions import Permission, has_permission
from teams.phones import PHONE_PROBLEMS
from teams.rates import rate

COLUMNS = (
    Column("name", gettext_lazy("Name"), ("resident__initials", "resident__name"), is_fixed=True),
    Column("age", gettext_lazy("Age"), ("resident__birth_date",), is_number=True),
    Column("id_number", gettext_lazy("ID number"), shown=False),
    Column("reason", gettext_lazy("Why nobody came"), ("reason",)),
    Column("since", gettext_lazy("In force from"), ("start_on",)),
    Column("days", gettext_lazy("Days since it began"), is_number=True),
    Column("tried_on", gettext_lazy("Last tried on"), ("tried_on",)),
    Column("phone", gettext_lazy("Phone")),
    Column("phone_problem", gettext_lazy("Problem of the phone number"), shown=False),
    Column("village", gettext_lazy("Village"), ("resident__village__code",)),
    Column("address", gettext_lazy("Address"), shown=False),
    Column("team", gettext_lazy("Team"), ("contract__team__code",)),
    Column("number", gettext_lazy("Contract number"), ("contract__number",), shown=False),
    Column("step", gettext_lazy("Next step")),
)
TONES = {
    Reason.NO_DOCTOR: "bad",
    Reason.WRONG_PHONE: "bad",
    Reason.GONE: "grey",
    Reason.NOT_REACHED: "warn",
    Reason.REFUSED: "info",
    Reason.NOBODY_CAME: "warn",
    Reason.UNTRIED: "warn",
}
Links = Mapping[Reason, Callable[[int], str]]
# Reason -> what to do, the page where it is done, the right that it needs. The page is the resident's, but for teams.
_STEPS = {
    Reason.NO_DOCTOR: (gettext_lazy("Hand over to another team"), "contract_change_team", Permission.CONTRACT_EDIT),
    Reason.WRONG_PHONE: (gettext_lazy("Correct the phone number"), "person_edit", Permission.RESIDENT_EDIT),
    Reason.GONE: (gettext_lazy("Enter the departure"), "person_departure", Permission.RESIDENT_EDIT),
    Reason.NOT_REACHED: (gettext_lazy("Call again"), "attempt_create", Permission.SERVICE_RECORD),
    Reason.REFUSED: (gettext_lazy("Ask again"), "attempt_create", Permission.SERVICE_RECORD),
    Reason.NOBODY_CAME: (gettext_lazy("Record the service"), "service_record", Permission.SERVICE_RECORD),
    Reason.UNTRIED: (gettext_lazy("Call"), "attempt_create", Permission.SERVICE_RECORD),
}


@dataclass(frozen=True)
class Line:
    """A `told` coverage as it stands on the day; identities masked unless asked for whole. `links`: of `step_links`."""

    coverage: Any
    day: date
    links: Links
    whole: bool

    @property
    def reason(self) -> Reason:
        """Why nobody came."""
        return Reason(self.coverage.reason)


# What stands in a column; only what is shown is worked out.
CELLS: Mapping[str, Callable[[Line], Cell]] = {
    "name": lambda line: Cell(line.coverage.resident.name),
    "age": lambda line: Cell(age_on(line.coverage.resident.birth_date, line.day)),
    "id_number": lambda line: Cell(id_text(line.coverage.resident, whole=line.whole), is_masked=True),
    "reason": lambda line: Cell(str(line.reason.label), tone=TONES[line.reason]),
    "since": lambda line: Cell(line.coverage.start_on),
    "days": lambda line: Cell((line.day - line.coverage.start_on).days),
    "tried_on": lambda line: Cell(line.coverage.tried_on),
    "phone": lambda line: Cell(phone_text(line.coverage.resident, whole=line.whole), is_masked=True),
    "phone_problem": lambda line: _problem(line.coverage.resident.phone_problem),
    "village": lambda line: Cell(line.coverage.village_name),
    "address": lambda line: Cell(line.coverage.resident.address),
    "team": lambda line: Cell(line.coverage.team_name),
    "number": lambda line: Cell(line.coverage.number),
    "step": lambda line: _step(line),
}


def told(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The coverages with what a line tells of them beside the reason."""
    return rows.select_related("resident").annotate(
        team_name=F("team__name"), village_name=F("resident__village__name"), number=F("contract__number")
    )


def loaded(filters: UnservedFilter) -> QuerySet[Any]:
    """Coverages with everything that a line tells; of those found by the worker also who was served since. They know
    whether the account sees their resident (`is_seen`)."""
    if filters.counted_at:
        rows = with_service(found(), filters.day)
    else:
        rows = with_reason(Coverage.objects.all(), filters.terms)
    return told(rows).annotate(is_seen=is_seen(filters.user))


def cells(coverage: Any, day: date, columns: Iterable[str], links: Links, *, whole: bool = False) -> dict[str, Cell]:
    """The cells of a line by column code. What the account has no right to do is told without a link."""
    line = Line(coverage, day, links, whole)
    return {code: CELLS[code](line) for code in columns}


def step_links(user: User) -> Links:
    """Reason -> what makes the address of its step of an id, for what the account has a right to do."""
    return {
        reason: partial(address_of, f"contracts:{page}")
        for reason, (_words, page, right) in _STEPS.items()
        if has_permission(user, right)
    }


def _problem(code: str) -> Cell:
    return Cell(str(PHONE_PROBLEMS.get(code, code)))


def _step(line: Line) -> Cell:
    row, reason = line.coverage, line.reason
    if served_on := getattr(row, "served_on", None):
        return Cell(_("Served on %(day)s") % {"day": served_on}, tone="good")
    words = str(_STEPS[reason][0])
    link = line.links.get(reason)
    if link and reason is Reason.NO_DOCTOR:
        return Cell(words, url=link(row.contract_id))
    return Cell(words, url=link(row.resident_id) if link and row.is_seen else "")


def reason_tabs(by_reason: Mapping[str, int], chosen: str, filters: Any) -> list[dict[str, Any]]:
    """All reasons together and each that somebody has: dicts label, count, url, active."""
    kept = filters.copy()
    for name in ("reason", "page"):
        kept.pop(name, None)
    kinds = [(_("All"), "", sum(by_reason.values()))]
    kinds += [(str(reason.label), str(reason), by_reason[reason]) for reason in Reason if by_reason[reason]]
    tabs = []
    for label, reason, count in kinds:
        query = kept.copy()
        if reason:
            query["reason"] = reason
        tabs.append({"label": label, "count": count, "url": f"?{query.urlencode()}", "active": reason == chosen})
    return tabs


def places_table(filters: UnservedFilter) -> dict[str, Any] | None:
    """The institutions of a district, or the teams of what was chosen, the most unserved first.

    A dict head, reasons (those that occur), rows: dicts name, url, expected, unserved, rate (per cent, None: no
    figure), counts (dicts reason, count, text, url) by reason. None where there is nothing to compare.
    """
    if filters.institutions and not {"institution", "team"} & filters.chosen.keys():
        head, field, names = _("Institution"), "institution", filters.institutions
        told = filters.told_by(_above(filters))
    else:
        head, field, names = _("Team"), "team", filters.teams
        told = filters.told_by(lambda place: place[1])
    if len(told) < 2:
        return None
    reasons = [reason for reason in Reason if filters.standing.by_reason[reason]]
    rows = [
        _place_row(
            names.get(key) or _("elsewhere"), {**filters.chosen, field: str(key)} if key in names else {}, one, reasons
        )
        for key, one in told.items()
    ]
    rows.sort(key=lambda row: (row["rate"] is None, -(row["rate"] or 0), row["name"]))
    return {"head": head, "reasons": [reason.label for reason in reasons], "rows": rows}


def _above(filters: UnservedFilter) -> Callable[[Place], int | None]:
    """Of a place the institution with teams that stands highest above its residents' own; None for none."""
    parents = parent_ids()

    @cache
    def above(institution: int) -> int | None:
        key: int | None = institution
        highest = None
        while key is not None:
            highest = key if key in filters.institutions else highest
            key = parents.get(key)
        return highest

    return lambda place: above(place[0])


def _place_row(name: str, query: dict[str, str], told: Standing, reasons: Sequence[Reason]) -> dict[str, Any]:
    address = f"?{urlencode(query)}" if query else ""
    return {
        "name": name,
        "url": address,
        "expected": told.expected,
        "unserved": told.unserved,
        "rate": rate(told.unserved, told.expected, places=1),
        "counts": [
            {
                "reason": reason.label,
                "count": told.by_reason[reason],
                "text": f"{told.by_reason[reason]:,}",
                "url": address and f"?{urlencode({**query, 'reason': reason.value})}",
            }
            for reason in reasons
        ],
    }
