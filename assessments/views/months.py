"""Pages of months: what was computed and frozen, what stands in the way, and what became known since."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assessments.actions import freezing
from assessments.calendar import CalendarMonth
from assessments.forms.people import asked_difference, asked_indicator
from assessments.models import Month, Revision
from assessments.people_exports import DIFFERENCE
from assessments.presenters.frame import frame, link
from assessments.presenters.months import difference_table, finding_rows, person_rows, revision_rows
from assessments.queries.closing import PRESENT, WATCHED, findings_kept
from assessments.queries.differences import changed_figures, latest_computed, moved, then_and_now
from assessments.queries.figures import Key
from assessments.queries.late import is_touched, reasons_of
from assessments.queries.units import Selection, select
from assessments.views.tables import table_of
from teams.actions import audit
from teams.clock import month_words, today
from teams.models import AuditEvent, Institution
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

MONTHS_A_PAGE = 24
PEOPLE_A_PAGE = 50


@require_GET
@require(Permission.MONTH_COMPUTE)
def month_list(request: SignedInRequest) -> HttpResponse:
    """Every month that was asked for, the latest first."""
    _require_district(request)
    months = Month.objects.select_related("current").order_by("-first_on")
    page = Paginator(months, MONTHS_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"month": row, "label": month_words(row.first_on)} for row in page]
    return render(request, "assessments/month_list.html", {"page": page, "rows": rows})


@require_GET
@require(Permission.MONTH_COMPUTE)
def month_detail(request: SignedInRequest, month: str) -> HttpResponse:
    """One month: its revisions, and before it is frozen what is to be looked into."""
    return _detail(request, _month(request, month))


@require_POST
@require(Permission.MONTH_FREEZE)
def month_remark(request: SignedInRequest, month: str) -> HttpResponse:
    """Explain the ticked findings with one remark."""
    found = _month(request, month)
    chosen = [item.split("/") for item in request.POST.getlist("finding") if item.count("/") == 2]
    try:
        if not chosen:
            raise RuleViolation("remark.none", _("Tick the findings that the remark explains."))
        for institution, indicator, category in chosen:
            freezing.remark(
                month=found,
                institution=get_object_or_404(Institution.objects.visible_to(request.user), code=institution),
                key=_key(indicator, category),
                text=request.POST.get("text", ""),
                by=request.user,
            )
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return _detail(request, found, text=request.POST.get("text", ""))
    messages.success(request, _("The remark is saved."))
    return redirect("assessments:month_detail", month)


@require_POST
@require(Permission.MONTH_FREEZE)
def month_freeze(request: SignedInRequest, month: str) -> HttpResponse:
    """Freeze the shown figures of a month."""
    found = _month(request, month)
    try:
        if found.current is None:
            raise RuleViolation("month.not_current", _("Only the current figures of a month can be frozen."))
        freezing.freeze(revision=found.current, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("%(month)s is frozen: its figures never change again.") % {"month": month_words(found.first_on)}
        )
    return redirect("assessments:month_detail", month)


@require_POST
@require(Permission.MONTH_COMPUTE)
def month_verify(request: SignedInRequest, month: str) -> HttpResponse:
    """Compare the frozen rows with the hash that was taken of them."""
    found = _month(request, month)
    try:
        if found.current is None:
            raise Http404
        same = freezing.verify(revision=found.current, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("The rows are those that were frozen.") if same else _("The rows are NOT those that were frozen.")
        messages.add_message(request, messages.SUCCESS if same else messages.ERROR, words)
    return redirect("assessments:month_detail", month)


@require_GET
@require(Permission.FIGURE_READ)
def month_difference(request: SignedInRequest) -> HttpResponse | FileResponse:
    """A frozen month beside its latest computation: the figures that differ, and of one of them the people."""
    selection, then, now = asked_difference(request.user, request.GET)
    table = difference_table(selection, changed_figures(then, now, selection))
    if request.GET.get("file") == "xlsx":
        return table_of(request, f"{selection.unit.name}-{selection.calendar}", {"table": table})
    context = frame(selection, "assessments:month_difference", crumbs=[(_("what became known since"), "")])
    context |= {"then": then, "now": now, "exports": [], "table": table}
    if request.GET.get("indicator"):
        context |= _people(request, selection, then, now)
    return render(request, "assessments/month_difference.html", context)


def _people(request: SignedInRequest, selection: Selection, then: Revision, now: Revision) -> dict[str, Any]:
    """Who stands otherwise in the chosen figure, and why; none without the right to see people."""
    indicator = asked_indicator(selection, request.GET["indicator"])
    if not has_permission(request.user, Permission.PEOPLE_READ):
        return {}
    asked = request.GET.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    total, rows = moved(then, now, selection, indicator, offset=(number - 1) * PEOPLE_A_PAGE, limit=PEOPLE_A_PAGE)
    if not rows and number > 1:  # the address of a page that there is no more: the first one
        number = 1
        total, rows = moved(then, now, selection, indicator, limit=PEOPLE_A_PAGE)
    page = Paginator(range(total), PEOPLE_A_PAGE).get_page(number)
    what = f"difference {indicator.code} {selection.category} {selection.unit.name} {selection.calendar}"
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=what)
    return {
        "indicator": indicator,
        "category_name": selection.names[selection.category],
        "people": person_rows(rows, reasons_of(rows, then, now, indicator), indicator),
        "people_file": link("teams:export_new", selection, DIFFERENCE.code, indicator=indicator.code),
        "page": page,
    }


def _detail(request: SignedInRequest, month: Month, text: str = "") -> HttpResponse:
    calendar, shown = CalendarMonth.of(month.first_on), month.current
    found = findings_kept(shown) if shown and not shown.frozen_at else []
    latest = latest_computed(month)
    both = then_and_now(month)
    context = {
        "month": month,
        "label": calendar.label,
        "revisions": revision_rows(month),
        "findings": finding_rows(found),
        "open": sum(finding.is_open for finding in found),
        "may_freeze": has_permission(request.user, Permission.MONTH_FREEZE),
        "is_late": bool(latest and not latest.is_provisional and is_touched(latest)),
        "difference": link("assessments:month_difference", select(request.user, {"month": str(calendar)}))
        if both
        else "",
        "text": text,
        "settings_day": today().isoformat(),
    }
    return render(request, "assessments/month_detail.html", context)


def _key(indicator: str, category: str) -> Key:
    key = Key(indicator, category)
    if key != PRESENT and key not in WATCHED:
        raise Http404
    return key


def _month(request: SignedInRequest, text: str) -> Month:
    """The month of an address, for accounts that see the district."""
    _require_district(request)
    try:
        first = CalendarMonth.parse(text).first
    except RuleViolation:
        raise Http404 from None
    return get_object_or_404(Month.objects.select_related("current"), first_on=first)


def _require_district(request: SignedInRequest) -> None:
    """Months are closed for the district as a whole."""
    if not request.user.scope.is_district:
        raise Http404
