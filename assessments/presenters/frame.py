"""The head of every page of figures: the unit's breadcrumb, the month's state and neighbours, the last failure."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

from assessments.calendar import CalendarMonth
from assessments.models import Month, Revision
from assessments.queries.differences import then_and_now
from assessments.queries.units import Selection, Unit
from teams.clock import month_words

Crumbs = Sequence[tuple[str, str]]


def link(name: str, selection: Selection, *args: str, **changes: str) -> str:
    """A page's address with the selection in it, so that it can be sent to somebody."""
    return f"{_path(name, *args)}?{urlencode(selection.query(**changes), quote_via=_quoted)}"


# A page has hundreds of links to few pages.
@lru_cache(maxsize=1024)
def _path(name: str, *args: str) -> str:
    return reverse(name, args=args)


@lru_cache(maxsize=4096)
def _quoted(text: str, safe: str, encoding: str | None, errors: str | None) -> str:
    return quote_plus(text, safe, encoding, errors)


def month_tick(month: CalendarMonth) -> str:
    """`11月` or `Nov`, for an axis."""
    return date_format(month.first, pgettext("date format of a month on an axis", "M"))


def frame(selection: Selection, page: str, *args: str, crumbs: Crumbs = (), **query: str) -> dict[str, Any]:
    """Context keys unit, month and failure of `assessments/_head.html` for the page named `page`, whose links to other
    months keep `query`; `crumbs` follow the unit in its breadcrumb."""
    return {
        "unit": _unit(selection, crumbs),
        "month": _month(selection, page, args, query),
        "failure": _failure(selection),
    }


def _unit(selection: Selection, crumbs: Crumbs) -> dict[str, Any]:
    return {"name": selection.unit.name, "breadcrumb": breadcrumb(selection, "assessments:overview", crumbs)}


def breadcrumb(selection: Selection, page: str, crumbs: Crumbs = ()) -> list[tuple[str, str]]:
    """From the highest institution that the account sees down to the unit, each with its `page`; then the crumbs."""
    unit = selection.unit
    path = [
        (row.name, link(page, selection, **Unit(row).query))
        for row in selection.tree.path(unit.institution)
        if row.pk in selection.tree.institutions
    ]
    if unit.team:
        path.append((unit.team.name, link(page, selection)))
    path += crumbs
    if path:
        path[-1] = (path[-1][0], "")
    return path


def _month(selection: Selection, page: str, args: tuple[str, ...], query: Mapping[str, str]) -> dict[str, Any]:
    calendar, revision = selection.calendar, selection.revision
    if calendar is None or revision is None:
        return {"label": "", "options": [], "previous": "", "next": ""}
    months = [CalendarMonth.of(row.first_on) for row in selection.months]

    def address(month: CalendarMonth) -> str:
        return link(page, selection, *args, month=str(month), **query) if month in months else ""

    return {
        "value": str(calendar),
        "label": calendar.label,
        "provisional": revision.is_provisional,
        "frozen": revision.frozen_at is not None,
        "as_of": revision.as_of.isoformat(),
        "settings_on": revision.settings_on.isoformat() if revision.settings_on else "",
        "computed_at": f"{timezone.localtime(revision.finished_at):%Y-%m-%d %H:%M}" if revision.finished_at else "",
        "previous": address(calendar.plus(-1)),
        "next": address(calendar.plus(1)),
        "known": _known(selection, page, args, query),
        "options": [
            {"label": month.label, "url": address(month), "current": month == calendar} for month in months[:36]
        ],
    }


def _known(selection: Selection, page: str, args: tuple[str, ...], query: Mapping[str, str]) -> dict[str, str]:
    """Of a month that was computed again after its freeze: the other way to look at it."""
    if selection.as_known_now:
        return {"url": link(page, selection, *args, **query, known=""), "now": "now"}
    if selection.month is None or then_and_now(selection.month) is None:
        return {}
    return {"url": link(page, selection, *args, **query, known="now"), "now": ""}


def _failure(selection: Selection) -> str | None:
    """The last run of the shown month, or of one without figures, when it failed: `2018年12月, 2019-01-01 02:00`."""
    later = Revision.objects.filter(month=OuterRef("month"), number__gt=OuterRef("number"))
    failed = Revision.objects.filter(~Exists(later), status=Revision.Status.FAILED)
    last = (
        failed.filter(Q(month=selection.month) | Q(month__current=None))
        .select_related("month")
        .order_by("-month__first_on")
        .first()
    )
    if last is None:
        return None
    when = timezone.localtime(last.finished_at) if last.finished_at else None
    label = month_words(last.month.first_on)
    return f"{label}, {when:%Y-%m-%d %H:%M}" if when else label


def is_provisional(month: Month | None) -> bool:
    """Whether a month's shown figures may still change."""
    return bool(month and month.current and month.current.is_provisional)
