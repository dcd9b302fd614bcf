"""Pages of figures: the overview of a unit, a figure's explanation, the people behind it, the month as a file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments import pages, tasks
from assessments.actions import months
from assessments.calendar import CalendarMonth
from assessments.exports import kpi_file
from assessments.indicators import BY_CODE, Indicator
from assessments.models import Figure
from assessments.presenters.figure import part_labels
from assessments.presenters.frame import frame, link
from assessments.presenters.overview import title
from assessments.presenters.people import people_rows
from assessments.presenters.words import rate_text
from assessments.queries.figures import Count, Key
from assessments.queries.people import Part, counted_sql, has_people, people
from assessments.queries.units import Selection, select
from assessments.tables import count_text
from teams.actions import audit
from teams.models import AuditEvent, Institution
from teams.permissions import Permission, has_permission, require
from teams.queue import enqueue
from teams.rules import RuleViolation

PEOPLE_A_PAGE = 50
# Nobody reads ten thousand lines: the list says how many there are, and how to narrow it.
PAGES_AT_MOST = 200


@require_GET
@require(Permission.FIGURE_READ)
def overview(request: HttpRequest) -> HttpResponse:
    """The overview of a unit of the account's scope in one month; without institutions, what to do first."""
    if request.user.scope.is_district and not Institution.objects.exists():
        return render(request, "assessments/nothing_yet.html")
    selection = select(request.user, request.GET)
    context = frame(selection, "assessments:overview") | pages.overview(selection, by=request.GET.get("by", ""))
    context["exports"] = _exports(selection)
    context["can_compute"] = has_permission(request.user, Permission.MONTH_COMPUTE)
    return render(request, "assessments/dashboard.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def figure(request: HttpRequest, indicator: str) -> HttpResponse:
    """One figure explained: definition, months, units, categories, people."""
    selection, known = _selected(request, indicator)
    context = frame(selection, "assessments:figure", indicator, crumb=str(known.name)) | pages.figure(selection, known)
    if not has_permission(request.user, Permission.PEOPLE_READ):
        context["people"] = []
    context["exports"] = _exports(selection)
    return render(request, "assessments/figure.html", context)


@require_GET
@require(Permission.PEOPLE_READ)
def people_list(request: HttpRequest, indicator: str) -> HttpResponse:
    """The people behind a figure, masked; each look is recorded."""
    selection, known = _selected(request, indicator)
    if not has_people(selection, known):
        raise Http404
    part, words = _part(request), request.GET.get("q", "").strip()
    rows, count = _people(selection, known, part, words)
    page = _Limited(rows, PEOPLE_A_PAGE, total=None if words else _total(count, known, part)).get_page(
        request.GET.get("page")
    )
    context = frame(selection, "assessments:people", indicator, crumb=str(known.name))
    context |= _people_context(selection, known, count, part)
    context["total_text"] = count_text(page.paginator.count)
    page.object_list = people_rows(list(page.object_list), known, part)
    what = f"{known.code} {selection.category} {selection.unit.name} {selection.calendar} {part}"
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=what)
    context |= {"page": page, "search": {"name": "q", "value": words, "label": _("Name or pinyin initials")}}
    return render(request, "assessments/people.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def kpis(request: HttpRequest) -> FileResponse:
    """The month's figures of the account's scope as a spreadsheet."""
    selection = select(request.user, request.GET)
    if selection.revision is None or selection.calendar is None:
        raise Http404
    file = kpi_file(selection.calendar, request.user)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"kpis {selection.calendar}")
    return FileResponse(file, as_attachment=True, filename=f"kpis-{selection.calendar}.xlsx")


@require_POST
@require(Permission.MONTH_COMPUTE)
def month_compute(request: HttpRequest) -> HttpResponse:
    """Ask for a month to be computed by the worker; a run under way is joined."""
    try:
        revision = months.request(month=CalendarMonth.parse(request.POST.get("month", "")).first, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        enqueue(tasks.compute_month, revision.pk)
        messages.success(
            request, _("%(month)s is being computed; its figures appear here.") % {"month": revision.month}
        )
    return redirect("assessments:overview")


def _exports(selection: Selection) -> list[tuple[str, str]]:
    return [(_("Figures as Excel"), link("assessments:kpis", selection))] if selection.month else []


def _selected(request: HttpRequest, indicator: str) -> tuple[Selection, Indicator]:
    """The selection of a figure's page; unknown indicators and categories without a figure are not found."""
    known = BY_CODE.get(indicator)
    category = request.GET.get("category", "") or "all"
    if known is None:
        raise Http404
    if known.categories and category == "all":
        category = known.categories[0]
    selection = select(request.user, request.GET, category=category)
    codes = selection.names if known.categories is None else known.categories or ("all",)
    if category not in codes or selection.revision is None:
        raise Http404
    return selection, known


def _part(request: HttpRequest) -> Part:
    try:
        return Part(request.GET.get("part", Part.DENOMINATOR))
    except ValueError:
        raise Http404 from None


def _people(selection: Selection, known: Indicator, part: Part, words: str) -> tuple[QuerySet[Any], Count]:
    """The rows of the list, narrowed by a name or its initials, and the figure that they make up."""
    rows = people(selection, known, part).select_related("resident", "village", "team", "revision")
    rows = rows.annotate(is_counted=RawSQL(counted_sql(selection, known), (), output_field=BooleanField()))
    if words:
        rows = rows.filter(Q(resident__name__startswith=words) | Q(resident__initials__startswith=words.lower()))
    institution, team = selection.unit.key
    figure = Figure.objects.filter(
        revision=selection.revision,
        institution=institution,
        team_key=team,
        category=selection.category,
        indicator=known.code,
    ).values_list("numerator", "denominator")
    numerator, denominator = figure.first() or (0, 0)
    return rows, Count(Key(known.code, selection.category), numerator, denominator)


def _total(count: Count, known: Indicator, part: Part) -> int | None:
    """How many rows the list has, when the figure itself tells; sums over coverages are counted."""
    if known.numerator.column:
        return None
    gap = count.denominator - count.numerator
    return {Part.NUMERATOR: count.numerator, Part.DENOMINATOR: count.denominator, Part.GAP: gap}[part]


def _people_context(selection: Selection, known: Indicator, count: Count, part: Part) -> dict[str, Any]:
    tabs = [
        {
            "label": label,
            "count_text": "" if (total := _total(count, known, each)) is None else count_text(total),
            "url": link("assessments:people", selection, known.code, part=each.value),
            "active": each is part,
        }
        for each, label in part_labels().items()
    ]
    return {
        "figure": {
            "title": title(count.key, selection.names),
            "url": link("assessments:figure", selection, known.code),
            "rate_text": rate_text(count),
        },
        "tabs": tabs,
        "exports": [],
    }


class _Limited(Paginator):
    """A paginator that is told how many there are, and stops after a number of pages that a person might turn."""

    def __init__(self, rows: Any, per_page: int, *, total: int | None) -> None:
        super().__init__(rows, per_page)
        if total is not None:
            self.count = total

    @property
    def num_pages(self) -> int:  # type: ignore[override]
        return min(super().num_pages, PAGES_AT_MOST)
