"""The head of every page of figures: the unit's breadcrumb, the month's state and neighbours, the last failure."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from assessments.calendar import CalendarMonth
from assessments.models import Month, Revision
from assessments.queries.units import Selection, Unit


def link(name: str, selection: Selection, *args: str, **changes: str) -> str:
    """A page's address with the selection in it, so that it can be sent to somebody."""
    return f"{reverse(name, args=args)}?{urlencode(selection.query(**changes))}"


def month_label(month: CalendarMonth) -> str:
    """`2018年11月` or `November 2018`, by the language."""
    return date_format(month.first, "YEAR_MONTH_FORMAT")


def month_tick(month: CalendarMonth) -> str:
    """`11月` or `Nov`, for an axis."""
    return date_format(month.first, pgettext("date format of a month on an axis", "M"))


def frame(selection: Selection, page: str, *args: str, crumb: str = "", unit_page: str = "") -> dict[str, Any]:
    """Context keys unit, month and failure of `assessments/_head.html` for the page named `page`."""
    return {
        "unit": _unit(selection, page, args, crumb, unit_page or "assessments:overview"),
        "month": _month(selection, page, args),
        "failure": _failure(selection),
    }


def _unit(selection: Selection, page: str, args: tuple[str, ...], crumb: str, unit_page: str) -> dict[str, Any]:
    unit = selection.unit
    path = [
        (row.name, link("assessments:overview", selection, **Unit(row).query))
        for row in selection.tree.path(unit.institution)
        if row.pk in selection.tree.institutions
    ]
    if unit.team:
        path.append((unit.team.name, link("assessments:overview", selection)))
    if crumb:
        path.append((crumb, ""))
    elif path:
        path[-1] = (path[-1][0], "")
    return {"name": unit.name, "breadcrumb": path, "subtitle": ""}


def _month(selection: Selection, page: str, args: tuple[str, ...]) -> dict[str, Any]:
    calendar, revision = selection.calendar, selection.revision
    if calendar is None or revision is None:
        return {"label": "", "options": [], "previous": "", "next": ""}
    months = [CalendarMonth.of(row.first_on) for row in selection.months]

    def address(month: CalendarMonth) -> str:
        return link(page, selection, *args, month=str(month)) if month in months else ""

    return {
        "label": month_label(calendar),
        "provisional": revision.is_provisional,
        "frozen": revision.frozen_at is not None,
        "as_of": revision.as_of.isoformat(),
        "computed_at": f"{timezone.localtime(revision.finished_at):%Y-%m-%d %H:%M}" if revision.finished_at else "",
        "previous": address(calendar.plus(-1)),
        "next": address(calendar.plus(1)),
        "options": [
            {"label": month_label(month), "url": address(month), "current": month == calendar} for month in months[:36]
        ],
    }


def _failure(selection: Selection) -> str | None:
    """What went wrong when the shown month was computed last, if the last run failed."""
    if selection.month is None:
        last = Revision.objects.order_by("-requested_at").first()
    else:
        last = selection.month.revisions.order_by("-number").first()
    if last is None or last.status != Revision.Status.FAILED:
        return None
    when = timezone.localtime(last.finished_at) if last.finished_at else None
    return f"{when:%Y-%m-%d %H:%M}" if when else str(last.month)


def is_provisional(month: Month | None) -> bool:
    """Whether a month's shown figures may still change."""
    return bool(month and month.current and month.current.is_provisional)
