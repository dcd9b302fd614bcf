"""Pages of cycles: the list, a new one, a cycle with its units, its steps, and the notice to print."""

from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.actions import cycles
from assessments.forms.cycles import CycleForm, UnitFilter
from assessments.models import Assessment, Cycle
from assessments.presenters.assessments import notice_lines, period, state_chip, unit_lines
from assessments.presenters.results import results_header, results_table
from assessments.queries.assessments import assessments, counts_by_state, open_appeals, unit_rows
from assessments.queries.assessments import cycles as visible_cycles
from assessments.queries.results import published_of
from assessments.queries.scoring import assessed_units
from assessments.rules.cycles import MOVES, why_not_published
from teams.actions import audit
from teams.actions.submissions import fresh_key
from teams.attempts import attempt, sent
from teams.clock import today
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.workbooks import write_rows

CYCLES_A_PAGE, UNITS_A_PAGE = 30, 50
State = Cycle.State


@require_GET
@require(Permission.ASSESSMENT_READ)
def cycle_list(request: SignedInRequest) -> HttpResponse:
    """Every cycle, the latest first, with how far it is."""
    page = Paginator(visible_cycles(request.user), CYCLES_A_PAGE).get_page(request.GET.get("page"))
    counts = counts_by_state(request.user, page.object_list)
    rows = [
        {
            "cycle": cycle,
            "period": period(cycle),
            "state": state_chip(cycle),
            "units": counts[cycle.pk].total(),
            "submitted": counts[cycle.pk][Assessment.State.SUBMITTED],
            "reviewed": counts[cycle.pk][Assessment.State.REVIEWED],
        }
        for cycle in page.object_list
    ]
    context = {"page": page, "rows": rows, "may_edit": has_permission(request.user, Permission.ASSESSMENT_REVIEW)}
    return render(request, "assessments/cycle_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.ASSESSMENT_REVIEW)
def cycle_create(request: SignedInRequest) -> HttpResponse:
    """Open a cycle: every unit is scored by the figures at once."""
    form = CycleForm(request.POST) if request.method == "POST" else CycleForm(initial=CycleForm.proposed())
    if response := sent(request, form, lambda: _opened(request, form), _field_of):
        return response
    context = {"form": form, "submission": request.POST.get("submission") or fresh_key()}
    return render(request, "assessments/cycle_create.html", context)


@require_GET
@require(Permission.ASSESSMENT_READ)
def cycle_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A cycle: what to do next, and the units that the account sees by sections."""
    cycle = _found(request, pk)
    rows = assessments(request.user).filter(cycle=cycle)
    filters = UnitFilter(request.GET)
    page = Paginator(_narrowed(rows, filters), UNITS_A_PAGE).get_page(request.GET.get("page"))
    sections = list(cycle.version.sections.all())
    counts = counts_by_state(request.user, [cycle])[cycle.pk]
    context = {
        "cycle": cycle,
        "period": period(cycle),
        "state": state_chip(cycle),
        "counts": {"units": counts.total(), **{state: counts[state] for state in Assessment.State.values}},
        "sections": sections,
        "page": page,
        "rows": unit_lines(unit_rows(list(page.object_list), sections), sections),
        "filter": filters,
        "appeals": list(open_appeals(cycle, request.user)[:UNITS_A_PAGE]),
        "moves": MOVES[cycle.state],
        "obstacle": why_not_published(cycle),
        "may_review": has_permission(request.user, Permission.ASSESSMENT_REVIEW),
        "may_report": has_permission(request.user, Permission.ASSESSMENT_REPORT),
    }
    return render(request, "assessments/cycle_detail.html", context)


@require_GET
@require(Permission.ASSESSMENT_READ)
def cycle_file(request: SignedInRequest, pk: int) -> FileResponse:
    """The results of the units that the account sees, by section and rule, as .xlsx."""
    cycle = _found(request, pk)
    file = BytesIO()
    rows = results_table(assessments(request.user).filter(cycle=cycle), cycle)
    write_rows(file, results_header(cycle), rows, format="xlsx", text_columns={1})
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"results {cycle.pk}")
    return FileResponse(file, as_attachment=True, filename=f"results-{cycle.pk}-{today():%Y%m%d}.xlsx")


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def cycle_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a cycle to its next state."""
    cycle = _found(request, pk)
    to = request.POST.get("to", "")

    def move() -> None:
        moved = cycles.move(cycle=cycle, to=to, by=request.user)
        messages.success(request, _("“%(name)s”: %(state)s.") % {"name": moved, "state": moved.get_state_display()})

    return attempt(request, move, "assessments:cycle_detail", cycle.pk)


@require_POST
@require(Permission.ASSESSMENT_REVIEW)
def cycle_rescore(request: SignedInRequest, pk: int) -> HttpResponse:
    """Compute the scores again."""
    cycle = _found(request, pk)

    def rescore() -> None:
        changed = cycles.rescore(cycle=cycle, by=request.user)
        messages.success(request, _("Computed again. Scores changed: %(count)s.") % {"count": changed})

    return attempt(request, rescore, "assessments:cycle_detail", cycle.pk)


@require_GET
@require(Permission.ASSESSMENT_READ)
def cycle_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """All results by rank, small cells left out, to print and put up; for accounts that see the district."""
    cycle = _found(request, pk)
    if not request.user.scope.is_district or cycle.state not in (State.NOTICE, State.PUBLISHED):
        raise Http404
    context = {
        "cycle": cycle,
        "period": period(cycle),
        "sections": cycle.version.sections.all(),
        "rows": notice_lines(published_of(cycle)),
    }
    return render(request, "assessments/cycle_notice.html", context)


def _opened(request: SignedInRequest, form: CycleForm) -> str:
    wanted = form.wanted()
    units = assessed_units(wanted.unit_kind, wanted.to_month, form.cleaned_data["institution_kinds"])
    cycle = cycles.open_cycle(wanted=wanted, units=units, by=request.user)
    return reverse("assessments:cycle_detail", args=[cycle.pk])


def _found(request: SignedInRequest, pk: int) -> Cycle:
    return get_object_or_404(visible_cycles(request.user), pk=pk)


def _narrowed(rows: QuerySet[Assessment], filters: UnitFilter) -> QuerySet[Assessment]:
    said = filters.cleaned_data
    if words := said.get("q"):
        rows = rows.filter(
            Q(institution__name__icontains=words)
            | Q(institution__code=words)
            | Q(team__name__icontains=words)
            | Q(team__code=words)
            | Q(staff__name__icontains=words)
        )
    if state := said.get("state"):
        rows = rows.filter(state=state)
    return _by_total(rows) if said.get("sort") == "total" else rows


def _by_total(rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
    return rows.order_by(F("total").desc(nulls_last=True), "institution__code", "team__code", "pk")


def _field_of(code: str) -> str | None:
    fields = {"name_taken": "name", "period": "to_month", "no_frozen_month": "to_month", "no_target": "version"}
    return fields.get(code.removeprefix("cycle."))
