"""Gathers a page: asks the queries once for everything that it shows, and hands it to the presenters."""

from typing import Any

from django.utils.translation import gettext as _

from assessments.calendar import CalendarMonth
from assessments.indicators import Indicator
from assessments.models import Month, Revision
from assessments.presenters import figure as figure_page
from assessments.presenters import overview as overview_page
from assessments.presenters.all_figures import figure_keys, figures_table
from assessments.presenters.cascades import cascades
from assessments.presenters.findings import counted, units_finding
from assessments.presenters.frame import link
from assessments.presenters.heat import category_keys, heat_finding, heat_table
from assessments.queries.breakdowns import has_breakdown
from assessments.queries.differences import then_and_now
from assessments.queries.figures import (
    Count,
    Key,
    Targets,
    counts_in,
    counts_of_months,
    counts_of_units,
    official_population,
)
from assessments.queries.people import has_people
from assessments.queries.progress import runs
from assessments.queries.units import Selection, Unit
from residents.categories import ALL
from teams.clock import month_words, today
from teams.models import Team

Window = list[tuple[CalendarMonth, Month | None]]


def overview(selection: Selection, *, by: str) -> dict[str, Any]:
    """Context of the overview beside its frame; empty when no month was computed."""
    if selection.calendar is None or selection.revision is None:
        return {"tiles": []}
    window = _window(selection, overview_page.MONTHS_SHOWN + 1)
    targets = Targets(selection.calendar.year)
    of_all = [*category_keys(selection), *overview_page.UNIT_KEYS]
    keys = [*(tile.key for tile in overview_page.TILES), *of_all, *figure_keys()]
    counts = counts_of_months(selection.unit, _revisions(window), keys)
    present = selection.revision.pk
    now = counts.get(present, {})
    units, breakdowns = units_below(selection, by)
    before = window[-2][1].current_id if window[-2][1] else None
    compared = [pk for pk in (present, before) if pk]
    of_units = counts_of_units(units, compared, of_all)
    of_units |= {(revision, selection.unit.key): counts.get(revision, {}) for revision in compared}
    where = {shown: overview_page.where_worst(shown, units, of_units, present) for shown in overview_page.TILES}
    official = official_population(selection.unit, selection.calendar.year, ALL)
    return {
        "tiles": [
            overview_page.tile(selection, shown, window, counts, targets.of(selection.unit, shown.key), worst)
            for shown, worst in where.items()
        ],
        "categories": overview_page.categories_table(selection, now, targets),
        "categories_finding": overview_page.categories_finding(selection, now),
        "institutions": overview_page.units_table(selection, units, of_units, targets, before) if units else None,
        "institutions_finding": overview_page.coverage_finding(units, of_units, present, targets),
        "breakdowns": breakdowns,
        "figures": figures_table(selection, now, counts.get(before or 0, {}), targets),
        "cascades": cascades(selection, now, official),
        "heat": heat_table(selection, units, of_units, targets, present),
        "heat_finding": heat_finding(selection, units, of_units, present),
    }


def figure(selection: Selection, indicator: Indicator) -> dict[str, Any]:
    """Context of a figure's explanation beside its frame."""
    window = _window(selection, 24)
    key = Key(indicator.code, selection.category)
    keys = [Key(indicator.code, code) for code in selection.names]
    targets = Targets(window[-1][0].year)
    target = targets.of(selection.unit, key)
    counts = counts_of_months(selection.unit, _revisions(window), keys)
    series = [(month, counts.get(row.current_id or 0, {}).get(key) if row else None) for month, row in window]
    now = counts.get(window[-1][1].current_id or 0, {}) if window[-1][1] else {}
    units, _breakdowns = units_below(selection, "")
    of_units = counts_of_units(units, _revisions(window[-12:]), [key]) if units else {}
    before = window[-2][1].current_id if window[-2][1] else None
    present = selection.revision.pk if selection.revision else 0
    drawn, matrix = figure_page.multiples(selection, key, units, window[-12:], of_units, target)
    count = now.get(key)
    return {
        "figure": figure_page.figure(selection, indicator, series, target),
        "definition": figure_page.definition(
            indicator, selection.revision.definitions if selection.revision else "", selection.members
        ),
        "chart": figure_page.chart(selection, window[-12:], counts, key, target),
        "by_month": figure_page.by_month(selection, key, series[-12:]),
        "by_institution": figure_page.by_unit(selection, key, units, of_units, targets, before),
        "units_finding": units_finding(counted(units, of_units, present, key), targets, key),
        "by_category": figure_page.by_category(selection, indicator, now, targets),
        "multiples": drawn,
        "matrix": matrix,
        "people": figure_page.people_links(selection, indicator, count)
        if count and has_people(selection, indicator)
        else [],
        "ages": link("assessments:ages", selection, indicator.code) if count and has_breakdown(indicator) else "",
        "official": _official(selection, indicator, count),
        "late": _late(selection, key),
    }


def can_be_computed(selection: Selection) -> list[tuple[str, str]]:
    """The months that a button offers to compute: the shown one, and the present one when it has no figures yet."""
    present = CalendarMonth.of(today())
    months = [] if selection.calendar is None else [selection.calendar]
    if present not in [CalendarMonth.of(row.first_on) for row in selection.months]:
        months.append(present)
    return [(str(month), month.label) for month in months]


def progress() -> dict[str, Any]:
    """Context of `assessments/_progress.html`: the months under way."""
    steps = len(Revision.Step)
    return {
        "runs": [
            {
                "id": run.revision.pk,
                "month": month_words(run.revision.month.first_on),
                "said": str(run.step.label) if run.step else "",
                "position": run.position,
                "steps": steps,
            }
            for run in runs()
        ]
    }


def _official(selection: Selection, indicator: Indicator, count: Count | None) -> str:
    """Only figures whose denominator is the population have an official one beside it."""
    if indicator.code not in ("coverage", "paid_coverage") or selection.calendar is None:
        return ""
    population = official_population(selection.unit, selection.calendar.year, selection.category)
    return figure_page.official_text(count, population)


def _late(selection: Selection, key: Key) -> dict[str, str] | None:
    """What the figure became after the month was frozen, when that is something else."""
    both = then_and_now(selection.month) if selection.month and not selection.as_known_now else None
    if both is None:
        return None
    then, now = (counts_in(row, selection.unit, **key._asdict()).get(key) for row in both)
    if then is None or now is None or then == now:
        return None
    return figure_page.late(selection, then, now)


def _window(selection: Selection, months: int) -> Window:
    calendar = selection.calendar
    rows = selection.window(months)
    return [(calendar.plus(back - months + 1), row) for back, row in enumerate(rows)] if calendar else []


def _revisions(window: Window) -> list[int]:
    return [row.current_id for _month, row in window if row and row.current_id]


def units_below(
    selection: Selection, by: str, page: str = "assessments:overview"
) -> tuple[list[Unit], list[tuple[str, str, bool]]]:
    """The units that break the selected one down: institutions right below it, or its teams; and the choice."""
    if selection.unit.team:
        return [], []
    institution = selection.unit.institution
    below = [Unit(row) for row in selection.tree.below.get(institution.pk, [])]
    own = [team for team, home in selection.tree.places.homes.items() if home == institution.pk]
    of_teams = [Unit(institution, team) for team in Team.objects.visible_to(selection.user).filter(pk__in=own)]
    if not (below and of_teams):
        return below or of_teams, []
    by_team = by == "team"
    choice = [
        (_("Institutions"), link(page, selection), not by_team),
        (_("Teams"), link(page, selection, by="team"), by_team),
    ]
    return (of_teams if by_team else below), choice
