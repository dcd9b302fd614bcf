"""Dated facts as small tables: contracts, register entries, services, promises, visits, members of a household."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from assessments.queries.evidence import Evidence
from contracts.models import Coverage, Obligation, Service, Status
from teams.models import Institution


@dataclass(frozen=True)
class Line:
    """Cells, the state as a chip with its tone, and whether it was entered after the month was computed."""

    cells: tuple[str, ...]
    state: str = ""
    tone: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class Facts:
    """A titled table; `columns` has one head more than the cells when the lines have a state."""

    title: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    nothing: str


def contracts(evidence: Evidence, rows: Sequence[Coverage]) -> Facts:
    """Terms, teams and packages, with the state on the report date."""
    lines = []
    for row in rows:
        status = row.status_on(evidence.day)
        cells = (f"{row.start_on} – {row.last_on}", row.contract.team.name, packages_text(row))
        tone = "good" if status is Status.IN_FORCE else "warn"
        lines.append(Line(cells, str(status.label), tone, _is_late(evidence, row.entered_at)))
    columns = (_("term"), _("team"), _("packages"), _("on the report date"))
    return Facts(_("Contracts"), columns, tuple(lines), _("No contract had begun by the report date."))


def packages_text(coverage: Coverage) -> str:
    """`高血压包 ¥120.00, 基础包 free`."""
    held = coverage.packages.all()
    return _(", ").join(
        f"{row.version.name} ¥{row.price}" if row.price else _("%(package)s free") % {"package": row.version.name}
        for row in held
    )


def registers(evidence: Evidence) -> Facts:
    """The entries on the figure's register that hold on the report date."""
    lines = tuple(
        Line((str(row.from_on), str(row.to_on or "")), is_late=_is_late(evidence, row.entered_at))
        for row in evidence.registers
    )
    return Facts(_("On the register"), (_("from"), _("until (exclusive)")), lines, _("No entry."))


def services(evidence: Evidence, rows: Sequence[Service], title: str) -> Facts:
    """Services with readings, the latest first."""
    lines = tuple(
        Line(
            (
                str(row.performed_on),
                row.item.name,
                f"{pressure_text(row)} {glucose_text(row)}".strip(),
                row.staff.name if row.staff else "",
            ),
            is_late=_is_late(evidence, row.entered_at),
        )
        for row in rows
    )
    return Facts(title, (_("date"), _("item"), _("reading"), _("given by")), lines, _("None in these days."))


def pressure_text(service: Service) -> str:
    """`148/85 mmHg`, or nothing."""
    whole = service.systolic is not None and service.diastolic is not None
    return f"{service.systolic}/{service.diastolic} mmHg" if whole else ""


def glucose_text(service: Service) -> str:
    """`6.8 mmol/L`, or nothing."""
    return "" if service.fasting_glucose is None else f"{service.fasting_glucose} mmol/L"


def promises(evidence: Evidence) -> Facts:
    """What the contract owes this year up to the report date, and what became of each."""
    lines = tuple(
        Line((row.held.version.name, row.item.name, f"{row.opens_on} – {row.due_on}"), *_outcome(evidence, row))
        for row in evidence.obligations
    )
    columns = (_("package"), _("item"), _("window"), _("outcome"))
    return Facts(_("Due this year up to the report date"), columns, lines, _("Nothing was due."))


def is_owed(evidence: Evidence, obligation: Obligation) -> bool:
    """Whether it counts on the report date: in force on its due date, and not waived."""
    coverage = evidence.coverage
    waived = obligation.waived_on is not None and obligation.waived_on <= evidence.day
    return coverage is not None and not waived and evidence.counts_on(coverage, obligation.due_on)


def is_met(evidence: Evidence, obligation: Obligation) -> bool:
    """Whether a service met it by the report date."""
    return obligation.met_on is not None and obligation.met_on <= evidence.day


def _outcome(evidence: Evidence, row: Obligation) -> tuple[str, str]:
    if row.waived_on and row.waived_on <= evidence.day:
        return _("waived: %(why)s") % {"why": row.get_waiver_display()}, "grey"
    if not is_owed(evidence, row):
        return _("does not count: not in force on the last day"), "grey"
    if not is_met(evidence, row):
        return _("not given"), "warn"
    assert row.met_on is not None
    if row.met_on <= row.due_on:
        return _("given on %(day)s") % {"day": row.met_on}, "good"
    return _("given late, on %(day)s") % {"day": row.met_on}, "info"


def visits(evidence: Evidence) -> Facts:
    """Visits on days when the contract was in force."""
    lines = tuple(
        Line(
            (str(row.visited_on), row.institution.name, f"¥{row.cost}"),
            _("primary level") if is_primary(row.institution) else _("elsewhere"),
            "good" if is_primary(row.institution) else "",
            _is_late(evidence, row.entered_at),
        )
        for row in evidence.visits
    )
    columns = (_("date"), _("institution"), _("cost"), _("level"))
    return Facts(_("Visits of the year while the contract was in force"), columns, lines, _("None."))


def is_primary(institution: Institution) -> bool:
    """Whether it is a township centre, community centre or village clinic."""
    return institution.kind in Institution.PRIMARY_KINDS


def members(evidence: Evidence) -> Facts:
    """The household as the month counted it."""
    lines = tuple(
        Line(
            (row.resident.name, str(row.age), row.team.name if row.team else ""),
            _("signed") if evidence.is_signed(row) else _("not signed"),
            "good" if evidence.is_signed(row) else "warn",
        )
        for row in evidence.members
    )
    return Facts(_("The household"), (_("name"), _("age"), _("team"), _("on the report date")), lines, _("None."))


def answers(evidence: Evidence) -> Facts:
    """The survey answer of the line as it is on file."""
    lines = tuple(
        Line(
            (str(row.answered_on), str(row.get_source_display()), _("%(rating)s of 5") % {"rating": row.rating}),
            is_late=_is_late(evidence, row.entered_at),
        )
        for row in evidence.answers
    )
    columns = (_("date"), _("source"), _("satisfaction"))
    return Facts(_("The answer"), columns, lines, _("It is not on file any more."))


def calls(evidence: Evidence) -> Facts:
    """The call of the line as it is on file."""
    lines = tuple(
        Line(
            (str(row.called_on), str(row.get_outcome_display()), _("yes") if row.knows_team else _("no")),
            is_late=_is_late(evidence, row.entered_at),
        )
        for row in evidence.calls
    )
    columns = (_("date"), _("outcome"), _("knows that they are signed and with whom"))
    return Facts(_("The call"), columns, lines, _("It is not on file any more."))


def days(rows: Iterable[date]) -> str:
    """Dates one after the other, the earliest first."""
    return _(", ").join(str(day) for day in sorted(rows))


def _is_late(evidence: Evidence, entered_at: datetime | Any) -> bool:
    return bool(evidence.revision.started_at and entered_at and entered_at > evidence.revision.started_at)
