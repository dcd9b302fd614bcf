"""Where the figures of a unit will stand at the year's end."""

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assessments.pages import units_below
from assessments.presenters.forecasts import outlook_rows, outlook_table
from assessments.presenters.frame import frame
from assessments.presenters.overview import title
from assessments.queries.figures import Key
from assessments.queries.forecasts import foretold_keys, outlooks, outlooks_below
from assessments.queries.units import select
from assessments.views.tables import table_of
from teams.permissions import Permission, SignedInRequest, require


@require_GET
@require(Permission.FIGURE_READ)
def forecast(request: SignedInRequest) -> HttpResponseBase:
    """The unit's figures at the year's end; one of them for each unit below."""
    key = Key(request.GET.get("indicator") or "coverage", request.GET.get("category") or "all")
    selection = select(request.user, request.GET, category=key.category)
    if selection.revision is None or key not in _keys(selection.names):
        raise Http404
    units, breakdowns = units_below(selection, request.GET.get("by", ""), "assessments:forecast")
    rows = outlook_rows(selection, outlooks(selection), by_unit=False)
    below = outlook_rows(selection, outlooks_below(selection, units, key), by_unit=True)
    below_title = title(key, selection.names)
    if request.GET.get("file") == "xlsx":
        tables = {
            "rows": outlook_table(_("All figures"), _("indicator"), rows),
            "below": outlook_table(below_title, _("unit"), below),
        }
        return table_of(request, f"{selection.unit.name}-{selection.calendar}", tables)
    context = frame(selection, "assessments:forecast", crumbs=[(_("forecast"), "")])
    context |= {
        "rows": rows,
        "below": below,
        "below_title": below_title,
        "breakdowns": breakdowns,
        "exports": [],
    }
    return render(request, "assessments/forecast.html", context)


def _keys(categories: dict[str, str]) -> set[Key]:
    return {*foretold_keys(), *(Key("coverage", code) for code in categories)}
