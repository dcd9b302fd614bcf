"""Pages of figures: the overview of a unit, a figure's explanation, the people behind it, the month as a file."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from assessments import pages, tasks
from assessments.actions import months
from assessments.calendar import CalendarMonth
from assessments.exports import KPIS, kpi_file, table_file
from assessments.forms.people import asked_figure, asked_part, asked_people, asked_words
from assessments.people_exports import FIGURE_PEOPLE
from assessments.presenters import evidence as evidence_page
from assessments.presenters.ages import ages_finding, ages_table
from assessments.presenters.frame import frame, link
from assessments.presenters.overview import title
from assessments.presenters.people import hidden_text, people_frame, people_rows, person_line, total_text
from assessments.queries.breakdowns import by_sex_and_age, has_breakdown
from assessments.queries.evidence import evidence
from assessments.queries.figures import Key
from assessments.queries.people import figure_count, rows_in_all
from assessments.queries.units import Selection, select
from assessments.views.tables import table_of
from teams.actions import audit
from teams.clock import month_words
from teams.fields import DayField
from teams.lists import ROWS_AT_MOST
from teams.models import AuditEvent, Institution
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.queue import enqueue
from teams.rules import RuleViolation

PEOPLE_A_PAGE = 50
# Nobody reads ten thousand lines: the list says how many there are, and how to narrow it.
PAGES_AT_MOST = 200


@require_GET
@require(Permission.FIGURE_READ)
def overview(request: SignedInRequest) -> HttpResponseBase:
    """The overview of a unit of the account's scope in one month; without institutions, what to do first."""
    try:
        selection = select(request.user, request.GET)
    except Http404:
        if request.user.scope.is_district and not Institution.objects.exists():
            return render(request, "assessments/nothing_yet.html")
        raise
    shown = pages.overview(selection, by=request.GET.get("by", ""))
    if request.GET.get("file") == "xlsx":
        tables = shown | {each.code: each.table for each in shown.get("cascades", ())}
        return table_of(request, f"{selection.unit.name}-{selection.calendar}", tables)
    context = frame(selection, "assessments:overview") | shown
    context["exports"] = _exports(selection)
    if has_permission(request.user, Permission.MONTH_COMPUTE):
        context["computable"] = pages.can_be_computed(selection)
    context |= pages.progress()
    return render(request, "assessments/dashboard.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def figure(request: SignedInRequest, indicator: str) -> HttpResponseBase:
    """One figure explained: definition, months, units, categories, people."""
    selection, known = asked_figure(request.user, request.GET, indicator)
    shown = pages.figure(selection, known)
    if request.GET.get("file") == "xlsx":
        return table_of(request, f"{selection.unit.name}-{selection.calendar}", shown)
    context = frame(selection, "assessments:figure", indicator, crumbs=[(str(known.name), "")]) | shown
    if not has_permission(request.user, Permission.PEOPLE_READ):
        context["people"] = []
    context["exports"] = _exports(selection)
    return render(request, "assessments/figure.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def ages(request: SignedInRequest, indicator: str) -> HttpResponse | FileResponse:
    """One figure by sex and age band: a page, and a fragment of the figure's own page."""
    selection, known = asked_figure(request.user, request.GET, indicator)
    if not has_breakdown(known):
        raise Http404
    parts = by_sex_and_age(selection, known)
    table = ages_table(selection, known, parts)
    if request.GET.get("file") == "xlsx":
        audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"{known.code} by sex and age")
        return FileResponse(table_file(table), as_attachment=True, filename=f"{indicator}-{selection.calendar}.xlsx")
    context: dict[str, Any] = {"ages": table, "ages_finding": ages_finding(known, parts)}
    context["file"] = link("assessments:ages", selection, indicator, file="xlsx")
    if request.headers.get("HX-Request"):
        return render(request, "assessments/_ages.html", context)
    crumbs = [(str(known.name), link("assessments:figure", selection, indicator)), (table.title, "")]
    context |= frame(selection, "assessments:ages", indicator, crumbs=crumbs)
    context["figure"] = {"title": title(Key(indicator, selection.category), selection.names)}
    return render(request, "assessments/ages.html", context)


@require_GET
@require(Permission.PEOPLE_READ)
def people_list(request: SignedInRequest, indicator: str) -> HttpResponse:
    """The people behind a figure, masked; each look is recorded."""
    selection, known = asked_figure(request.user, request.GET, indicator)
    part, words = asked_part(request.GET, selection, known), asked_words(request.GET)
    count = figure_count(selection, known)
    # Who sees the whole district sees every row of the figure, which needn't be counted again.
    total = rows_in_all(selection, known, part, count) if selection.user.scope.is_district and not words else None
    people_of_page = asked_people(selection, known, part, words)
    found = _Found(people_of_page) if words else people_of_page
    page = _Limited(found, PEOPLE_A_PAGE, total=total).get_page(request.GET.get("page"))
    page.object_list = people_rows(list(page.object_list), selection, known, part)
    crumbs = [(str(known.name), link("assessments:figure", selection, indicator)), (_("the people"), "")]
    context = frame(selection, "assessments:people", indicator, crumbs=crumbs, part=part.value)
    context |= people_frame(selection, known, count, part)
    asked = {"indicator": indicator, "part": part.value, "q": words}
    people_file = link("teams:export_new", selection, FIGURE_PEOPLE.code, **asked)
    context |= {
        "page": page,
        "total_text": total_text(page.paginator.count, is_more=isinstance(found, _Found) and found.is_more),
        "hidden_text": "" if words else hidden_text(count, known, part, page.paginator.count),
        "search": {"name": "q", "value": words, "label": _("Name or pinyin initials"), "kept": _kept(request)},
        "exports": [(_("Excel"), people_file)],
    }
    response = render(request, "assessments/people.html", context)
    what = f"{known.code} {selection.category} {selection.unit.name} {selection.calendar} {part}"
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=what)
    return response


@require_GET
@require(Permission.PEOPLE_READ)
def person_evidence(request: SignedInRequest, indicator: str, pk: int) -> HttpResponse:
    """Why one line of the people list (a resident, or a contract) is in the numerator or not; the look is recorded."""
    selection, known = asked_figure(request.user, request.GET, indicator)
    found = evidence(selection, known, pk)
    if found is None:
        raise Http404
    people_link = link("assessments:people", selection, indicator)
    crumbs = [(str(known.name), link("assessments:figure", selection, indicator)), (_("the people"), people_link)]
    crumbs.append((found.row.resident.name, ""))
    context = frame(selection, "assessments:overview", crumbs=crumbs) | evidence_page.page(found)
    context["month"] |= {"previous": "", "next": "", "options": []}
    context["figure"] = {"title": title(Key(indicator, selection.category), selection.names), "list_url": people_link}
    context["person"] = person_line(found.row, selection)
    what = f"{known.code} {selection.category} {selection.calendar} resident {found.row.resident_id}"
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=what)
    return render(request, "assessments/evidence.html", context)


@require_GET
@require(Permission.FIGURE_READ)
def kpis(request: SignedInRequest) -> HttpResponseBase:
    """The month's figures of the account's scope as a spreadsheet; those of a district are written by the worker."""
    selection = select(request.user, request.GET)
    if selection.revision is None or selection.calendar is None:
        raise Http404
    file = kpi_file(selection.calendar, request.user)
    if file is None:
        return redirect(f"{reverse('teams:export_new', args=[KPIS.code])}?month={selection.calendar}")
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"kpis {selection.calendar}")
    return FileResponse(file, as_attachment=True, filename=f"kpis-{selection.calendar}.xlsx")


@require_POST
@require(Permission.MONTH_COMPUTE)
def month_compute(request: SignedInRequest) -> HttpResponse:
    """Ask for a month to be computed by the worker, perhaps with the settings of a day; a run under way is joined."""
    try:
        month = CalendarMonth.parse(request.POST.get("month", "")).first
        settings_on = DayField(required=False).clean(request.POST.get("settings_on", ""))
        revision = months.request(month=month, settings_on=settings_on, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    except ValidationError:
        messages.error(request, _("Write the day as 20181231."))
    else:
        enqueue(tasks.compute_month, revision.pk)
        asked = _("%(month)s will be computed by the worker; its figures appear here.") % {
            "month": month_words(revision.month.first_on)
        }
        messages.success(request, asked)
    return redirect(_way_back(request))


@require_GET
@require(Permission.FIGURE_READ)
def progress(request: SignedInRequest) -> HttpResponse:
    """Fragment: the months under way. When one that the page knew (`run`) is over, the page loads anew."""
    context = pages.progress()
    if set(request.GET.getlist("run")) - {str(run["id"]) for run in context["runs"]}:
        return HttpResponseClientRefresh()
    return render(request, "assessments/_progress.html", context)


def _way_back(request: SignedInRequest) -> str:
    """The page that the form was sent from; never another site."""
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, None) else "assessments:overview"


def _exports(selection: Selection) -> list[tuple[str, str]]:
    if selection.month is None:
        return []
    files = [
        (_("Forecast"), link("assessments:forecast", selection)),
        (_("Cohorts"), link("assessments:cohorts", selection)),
        (_("Figures as Excel"), link("assessments:kpis", selection)),
    ]
    return files if selection.unit.team else [(_("Monthly return"), link("assessments:return", selection)), *files]


def _kept(request: SignedInRequest) -> list[tuple[str, str]]:
    """What the address says besides the words searched for and the page."""
    others = ((key, values) for key, values in request.GET.lists() if key not in ("q", "page"))
    return [(key, value) for key, values in others for value in values]


class _Found:
    """The rows that a search found, for a paginator: the keys are read once, the people of one page only.

    Of few the keys of all are read, then sorted. Of many, and a surname is one in twenty, some stand near the
    beginning of the list's order: its first pages are read off it.
    """

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._rows = rows
        self._key = rows.model.KEY
        found = rows.order_by().values_list("institution_id", self._key)[: ROWS_AT_MOST + 1]
        self._keys = [key for _institution, key in sorted(found)]

    @property
    def is_more(self) -> bool:
        """Whether there are more than the pages show."""
        return len(self._keys) > ROWS_AT_MOST

    def __len__(self) -> int:
        return min(len(self._keys), ROWS_AT_MOST)

    def __getitem__(self, part: slice) -> QuerySet[Any]:
        keys = self._keys[part]
        if self.is_more:
            keys = list(self._rows.values_list(self._key, flat=True)[part])
        return self._rows.filter(**{f"{self._key}__in": keys})


class _Limited(Paginator):
    """A paginator that is told how many there are, and stops after a number of pages that a person might turn."""

    def __init__(self, rows: Any, per_page: int, *, total: int | None) -> None:
        super().__init__(rows, per_page)
        if total is not None:
            self.count = total

    @property
    def num_pages(self) -> int:
        return min(super().num_pages, PAGES_AT_MOST)
