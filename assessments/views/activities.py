"""Activities: reported by institutions, checked by the bureau, added up for the district."""

from io import BytesIO

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import activities as actions
from assessments.actions.uploads import content_of
from assessments.forms.activities import ActivityFilter, ActivityForm
from assessments.models import Activity, ActivityProof
from assessments.presenters import activities as presenter
from assessments.queries.activities import activities_of, sums, sums_by_institution
from assessments.rules.activities import State, steps_of
from assessments.views.tables import table_of
from teams.actions import audit
from teams.attempts import sent
from teams.clock import today
from teams.models import AuditEvent, Institution
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation
from teams.workbooks import write_rows

A_PAGE = 50
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
FIELDS = {"activity.order": "ended_on", "activity.in_future": "ended_on", "activity.no_proof": "proofs"}


@require_safe
@require(Permission.SUPERVISION_READ)
def activity_list(request: SignedInRequest) -> HttpResponse:
    """The activities with their sum; the bureau's list begins with what is to be checked."""
    form = ActivityFilter(request.user, request.GET)
    rows = form.rows
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    waiting = activities_of(request.user).filter(state=State.REPORTED).count()
    context = {
        "form": form,
        "page": page,
        "rows": [presenter.row(activity) for activity in page],
        "sums": presenter.figures(sums(rows.filter(state=State.CONFIRMED))),
        "waiting": waiting,
        "may_report": has_permission(request.user, Permission.ASSESSMENT_REPORT),
        "may_check": has_permission(request.user, Permission.ASSESSMENT_REVIEW),
    }
    return render(request, "assessments/activity_list.html", context)


@require_safe
@require(Permission.SUPERVISION_READ)
def activity_sums(request: SignedInRequest) -> HttpResponseBase:
    """What was confirmed, added up by institution and for all of them."""
    form = ActivityFilter(request.user, request.GET)
    rows = form.rows.filter(state=State.CONFIRMED)
    names = Institution.objects.visible_to(request.user).in_bulk()
    table = presenter.sums_table(sums(rows), sums_by_institution(rows), names)
    if request.GET.get("file") == "xlsx":
        return table_of(request, f"{today():%Y%m%d}", {"sums": table})
    return render(request, "assessments/activity_sums.html", {"form": form, "table": table})


@require_safe
@require(Permission.SUPERVISION_READ)
def activity_file(request: SignedInRequest) -> FileResponse:
    """The list as .xlsx."""
    file = BytesIO()
    rows = ActivityFilter(request.user, request.GET).rows.iterator(500)
    write_rows(file, presenter.header(), presenter.lines(rows), format="xlsx", text_columns={0})
    file.seek(0)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what="activities")
    return FileResponse(file, as_attachment=True, filename=f"activities-{today():%Y%m%d}.xlsx")


@GET_OR_POST
@require(Permission.ASSESSMENT_REPORT)
def activity_create(request: SignedInRequest) -> HttpResponse:
    """Report an activity."""
    form = ActivityForm(request.user, request.POST or None, request.FILES or None)

    def report() -> str:
        data = form.cleaned_data
        actions.report(institution=data["institution"], said=form.report, proofs=data["proofs"], by=request.user)
        messages.success(request, _("Reported. The bureau checks it."))
        return reverse("assessments:activity_list")

    return sent(request, form, report, FIELDS.get) or render(request, "assessments/activity_form.html", {"form": form})


@GET_OR_POST
@require(Permission.ASSESSMENT_REPORT)
def activity_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mend what the bureau gave back, and report it again."""
    activity = get_object_or_404(activities_of(request.user), pk=pk)
    form = ActivityForm(request.user, request.POST or None, request.FILES or None, activity=activity)
    if request.method == "POST" and form.is_valid():
        try:
            actions.mend(activity=activity, said=form.report, proofs=form.cleaned_data["proofs"], by=request.user)
            messages.success(request, _("Reported. The bureau checks it."))
            return redirect("assessments:activity_detail", pk)
        except RuleViolation as refusal:
            form.add_error(FIELDS.get(refusal.code), str(refusal))
    return render(request, "assessments/activity_form.html", {"form": form, "activity": activity})


@require_safe
@never_cache
@require(Permission.SUPERVISION_READ)
def activity_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """An activity with its figures and proof; the bureau checks it here."""
    return _page(request, get_object_or_404(activities_of(request.user), pk=pk), "")


@require_POST
@require(Permission.SUPERVISION_READ)
def activity_move(request: SignedInRequest, pk: int, to: str) -> HttpResponse:
    """Confirm it, give it back, or take it back."""
    activity = get_object_or_404(activities_of(request.user), pk=pk)
    note = request.POST.get("note", "")[:200]
    try:
        if to == State.CONFIRMED:
            actions.confirm(activity=activity, note=note, by=request.user)
        elif to == State.RETURNED:
            actions.give_back(activity=activity, note=note, by=request.user)
        elif to == State.WITHDRAWN:
            actions.withdraw(activity=activity, by=request.user)
        else:
            raise Http404
    except RuleViolation as refusal:
        return _page(request, activity, str(refusal))
    messages.success(request, _("Done: %(step)s.") % {"step": presenter.STATES[to]})
    waits = activities_of(request.user).filter(state=State.REPORTED).first() if to != State.WITHDRAWN else None
    return redirect("assessments:activity_detail", waits.pk) if waits else redirect("assessments:activity_list")


@require_safe
@never_cache
@require(Permission.SUPERVISION_READ)
def activity_proof(request: SignedInRequest, pk: int) -> FileResponse:
    """A picture or paper of an activity that the account sees."""
    seen = Activity.objects.visible_to(request.user)
    proof = get_object_or_404(ActivityProof.objects.filter(activity__in=seen), pk=pk)
    return FileResponse(BytesIO(content_of(proof)), content_type=proof.media_type)


def _page(request: SignedInRequest, activity: Activity, refusal: str) -> HttpResponse:
    context = {
        **presenter.row(activity),
        "figures": presenter.figures({name: getattr(activity, name) for name in Activity.FIGURES}),
        "proofs": ActivityProof.objects.filter(activity=activity).defer("content"),
        "steps": [step.value for step in steps_of(activity, request.user)],
        "refusal": refusal,
    }
    return render(request, "assessments/activity_detail.html", context)
