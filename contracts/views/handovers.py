"""Handing contracts over to another team: asking, review, carrying out; and reports of departures."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts import tasks
from contracts.actions import handovers
from contracts.forms.handovers import AnswerForm, DepartureForm, HandoverForm, ReviewForm
from contracts.models import Departure, Handover
from contracts.queries.handovers import handovers_of, lines_of, teams_left
from contracts.queries.teams import remaining
from contracts.rules.handovers import can_prepare
from teams.attempts import attempt, sent
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.queue import enqueue
from teams.rules import RuleViolation

LINES_A_PAGE = 200
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@require(Permission.PEOPLE_READ)
def handover_list(request: SignedInRequest) -> HttpResponse:
    """What hangs in the air: teams that are gone and left contracts; then the handovers, and the latest departures."""
    page = Paginator(handovers_of(request.user), 50).get_page(request.GET.get("page"))
    departures = Departure.objects.visible_to(request.user).select_related("staff", "team", "stop_gap")
    context = {
        "left": teams_left(request.user, today()),
        "page": page,
        "departures": departures[:20],
        "may_prepare": can_prepare(request.user),
        "may_report": has_permission(request.user, Permission.TEAM_EDIT),
    }
    return render(request, "contracts/handover_list.html", context)


@GET_OR_POST
@require(Permission.PEOPLE_READ)
def handover_create(request: SignedInRequest) -> HttpResponse:
    """Prepare a handover: every contract of a team, to be asked about."""
    if not can_prepare(request.user):
        raise PermissionDenied("handover.prepare")
    initial = {"from_team": request.GET.get("team", "")}
    form = HandoverForm(request.POST or None, user=request.user, day=today(), initial=initial)

    def prepare() -> str:
        fields = {name: form.cleaned_data[name] for name in ("from_team", "to_team", "effective_on", "reason")}
        made = handovers.prepare(**fields, by=request.user)
        return reverse("contracts:handover_detail", args=[made.pk])

    fields = dict.fromkeys(("handover.same_team", "contract.no_team"), "to_team") | {"handover.passed": "effective_on"}
    response = sent(request, form, prepare, fields.get)
    return response or render(request, "contracts/handover_create.html", {"form": form})


@require_safe
@never_cache
@require(Permission.PEOPLE_READ)
def handover_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A handover: the contracts with what their people answered, and the next thing to do about it."""
    return _page(request, _found(request, pk), AnswerForm(day=today()))


@require_POST
@require(Permission.CONTRACT_EDIT)
def handover_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Enter what the people of the ticked contracts answered."""
    handover = _found(request, pk)
    form = AnswerForm(request.POST, day=today())
    if form.is_valid():
        ticked = [int(each) for each in request.POST.getlist("line") if each.isdecimal() and len(each) < 19]
        try:
            rows = handovers.answer(handover=handover, lines=ticked, by=request.user, **form.cleaned_data)
            words = ngettext("Entered for %(count)s contract.", "Entered for %(count)s contracts.", len(rows))
            messages.success(request, words % {"count": len(rows)})
            return redirect("contracts:handover_detail", pk)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
    return _page(request, handover, form)


@require_POST
@require(Permission.PEOPLE_READ)
def handover_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask for the review."""
    if not can_prepare(request.user):
        raise PermissionDenied("handover.prepare")
    done = _("Somebody else reviews it now.")
    return _moved(request, pk, lambda row: handovers.ask_for_review(handover=row, by=request.user), done)


@require_POST
@require(Permission.PEOPLE_READ)
def handover_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take back a handover that was prepared by mistake."""
    if not can_prepare(request.user):
        raise PermissionDenied("handover.prepare")
    handover = _found(request, pk)

    def drop() -> str:
        handovers.drop(handover=handover, by=request.user)
        messages.success(request, _("The handover is dropped; its contracts stay as they are."))
        return reverse("contracts:handover_list")

    return attempt(request, drop, "contracts:handover_detail", pk)


@require_POST
@require(Permission.HANDOVER_REVIEW)
def handover_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """Approve, and let the worker carry it out; or give it back with a remark."""
    form = ReviewForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    approved = request.POST.get("verdict") == "approve"

    def review(row: Handover) -> None:
        handovers.review(handover=row, approved=approved, note=note, by=request.user)
        if approved:
            enqueue(tasks.carry_out_handover, row.pk)

    return _moved(request, pk, review, _("Approved: it is being carried out.") if approved else _("Given back."))


@require_POST
@require(Permission.CONTRACT_EDIT)
def handover_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Carry out what was agreed since."""

    def again(row: Handover) -> None:
        handovers.reopen(handover=row, by=request.user)
        enqueue(tasks.carry_out_handover, row.pk)

    return _moved(request, pk, again, _("What was agreed since is being carried out."))


@GET_OR_POST
@require(Permission.TEAM_EDIT)
def departure_create(request: SignedInRequest) -> HttpResponse:
    """Report that a member leaves a team."""
    initial = {"member": request.GET.get("member", "")}
    form = DepartureForm(request.POST or None, user=request.user, day=today(), initial=initial)

    def report() -> str:
        data = {name: value for name, value in form.cleaned_data.items() if name != "submission"}
        made = handovers.report_departure(by=request.user, **data)
        return reverse("contracts:departure_detail", args=[made.pk])

    response = sent(request, form, report, lambda code: code.partition(".")[2])
    return response or render(request, "contracts/departure_create.html", {"form": form})


@require_safe
@require(Permission.PEOPLE_READ)
def departure_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report, to read and to print, with what the team still has in hand."""
    rows = Departure.objects.visible_to(request.user).select_related("staff", "team__institution", "stop_gap")
    departure = get_object_or_404(rows, pk=pk)
    context = {
        "departure": departure,
        "remaining": remaining(departure.team_id, today()),
        "members": departure.team.members.on(today()).select_related("staff").order_by("-is_leader", "staff__name"),
        "may_prepare": can_prepare(request.user),
    }
    return render(request, "contracts/departure_detail.html", context)


def _found(request: SignedInRequest, pk: int) -> Handover:
    return get_object_or_404(handovers_of(request.user), pk=pk)


def _moved(request: SignedInRequest, pk: int, do: Callable[[Handover], object], done: str) -> HttpResponse:
    handover = _found(request, pk)
    try:
        do(handover)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("contracts:handover_detail", pk)


def _page(request: SignedInRequest, handover: Handover, form: AnswerForm) -> HttpResponse:
    status, user = handover.status, request.user
    may_review = has_permission(user, Permission.HANDOVER_REVIEW) and handover.made_by_id != user.pk
    lines = lines_of(handover, today())
    agreed = handover.lines.filter(answer="consented", made=None, message="").exists()
    may_submit = status == Handover.Status.ASKING and can_prepare(user)
    context = {
        "handover": handover,
        "form": form,
        "page": Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page")),
        "may_answer": status != Handover.Status.REVIEW and has_permission(user, Permission.CONTRACT_EDIT),
        "may_submit": may_submit,
        "may_drop": may_submit and not handover.lines.exclude(answered_on=None).exists(),
        "may_review": status == Handover.Status.REVIEW and may_review,
        "may_repeat": status == Handover.Status.DONE and agreed and has_permission(user, Permission.CONTRACT_EDIT),
        "review": ReviewForm(),
    }
    return render(request, "contracts/handover_detail.html", context)
