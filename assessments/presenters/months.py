"""Pages of months: revisions, findings, and the difference that late facts make."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.indicators import BY_CODE, Indicator
from assessments.models import Month, Revision
from assessments.presenters.frame import link
from assessments.presenters.parts import IN_CONFIDENCE
from assessments.presenters.words import change, numerator_text, rate_text, signed
from assessments.queries.closing import PRESENT, Finding
from assessments.queries.differences import Changed, Moved
from assessments.queries.late import CAUSE_NAMES, Reason
from assessments.queries.people import has_people
from assessments.queries.units import Selection
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_text
from contracts.presenters.people import id_text
from residents.categories import category_names
from residents.models import Resident
from teams.models.accounts import SYSTEM


def revision_rows(month: Month) -> list[dict[str, Any]]:
    """The month's computations, the latest first."""
    return [
        {
            "revision": revision,
            "is_shown": revision.pk == month.current_id,
            "by": revision.by or _("the system"),
            "has_rows": revision.status == Revision.Status.DONE,
        }
        for revision in month.revisions.select_related("by").order_by("-number")
    ]


def finding_rows(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings with the value that a form sends for each."""
    names = category_names()
    rows = []
    for finding in found:
        if finding.key == PRESENT:
            title = _("Figures")
        else:
            title = f"{BY_CODE[finding.key.indicator].name} · {names.get(finding.key.category, finding.key.category)}"
        value = f"{finding.institution.code}/{finding.key.indicator}/{finding.key.category}"
        rows.append({"finding": finding, "title": title, "value": value})
    return rows


def difference_table(selection: Selection, changed: Sequence[Changed]) -> Table:
    """The figures that differ; each opens to the people who make the difference."""
    rows = []
    for pair in changed:
        key = pair.now.key
        indicator = pair.now.indicator
        points = change(pair.now, pair.was)
        url = ""
        if has_people(selection, indicator):
            url = link("assessments:month_difference", selection, indicator=key.indicator, category=key.category)
        cells = (
            Cell(f"{numerator_text(pair.was)} / {count_text(pair.was.denominator)}", pair.was.numerator),
            Cell(rate_text(pair.was), pair.was.rate()),
            Cell(f"{numerator_text(pair.now)} / {count_text(pair.now.denominator)}", pair.now.numerator),
            Cell(rate_text(pair.now), pair.now.rate()),
            Cell(NO_FIGURE if points is None else signed(points), points),
        )
        name = f"{indicator.name} · {selection.names.get(key.category, key.category)}"
        rows.append(Row(name, cells, url=url))
    columns = (
        Column(_("As known then")),
        Column(_("rate")),
        Column(_("As known now")),
        Column(_("rate")),
        Column(_("moved by")),
    )
    return Table(_("Figures that differ"), _("indicator"), columns, tuple(rows))


def person_rows(
    rows: Sequence[Moved], why: Mapping[int, Sequence[Reason]], indicator: Indicator
) -> list[dict[str, Any]]:
    """A dict a person: resident (None: said in confidence), name, id_masked, was, now (in words), reasons (texts)."""
    people = Resident.objects.in_bulk({row.resident_id for row in rows if row.resident_id is not None})
    return [
        {
            "resident": (resident := people.get(row.resident_id or 0)),
            "name": resident.name if resident else IN_CONFIDENCE,
            "id_masked": id_text(resident) if resident else "",
            "was": _standing(row.was, indicator),
            "now": _standing(row.now, indicator),
            "reasons": [_reason(reason) for reason in why.get(row.resident_id or 0, ())],
        }
        for row in rows
        if row.resident_id is None or row.resident_id in people
    ]


def difference_heads() -> list[str]:
    """The heads of the list as a file."""
    return [_("Name"), _("ID number"), _("As known then"), _("As known now"), _("Why")]


def difference_cells(
    rows: Sequence[Moved], why: Mapping[int, Sequence[Reason]], indicator: Indicator, *, whole: Collection[int]
) -> Iterator[list[object]]:
    """The lines of the list as a file, the reasons in one cell; `whole`: ids of the residents whose ID numbers aren't
    masked."""
    for person in person_rows(rows, why, indicator):
        reasons = (" ".join(str(word) for word in reason.values() if word) for reason in person["reasons"])
        resident = person["resident"]
        number = id_text(resident, whole=resident.pk in whole) if resident else ""
        yield [str(person["name"]), number, person["was"], person["now"], _("; ").join(reasons)]


def _standing(share: tuple[int, int], indicator: Indicator) -> str:
    numerator, denominator = share
    if indicator.numerator.column:
        return _("%(above)s of %(below)s") % {"above": numerator, "below": denominator}
    if numerator:
        return _("counts above the line")
    return _("counts below the line only") if denominator else _("does not count")


def _reason(reason: Reason) -> dict[str, Any]:
    words = str(reason.fact)
    if reason.day:
        words = f"{words} {reason.day.isoformat()}"
    if reason.is_of_household:
        words = _("%(fact)s (another member of the household)") % {"fact": words}
    known = f"{timezone.localtime(reason.known_at):%Y-%m-%d %H:%M}" if reason.known_at else ""
    return {"cause": CAUSE_NAMES[reason.cause], "words": words, "known": known, "by": _by(reason)}


def _by(reason: Reason) -> str:
    return _("the system") if reason.by == SYSTEM.username else reason.by
