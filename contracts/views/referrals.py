"""Referrals up and down: lists, asking, answering, handing back, and the slots that hospitals keep."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.actions import referrals as actions
from contracts.forms.referrals import HandBackForm, ReferralForm, SlotForm, StepForm, own_hospitals
from contracts.models import Referral, Service
from contracts.presenters import due as words
from contracts.presenters import referrals as presenter
from contracts.queries.referrals import STAGE_NAMES, Stage, referrals, slots, stage_counts
from contracts.referral_states import Status
from contracts.referring import no_team
from contracts.views.services import list_query, next_page, visible_resident
from residents.models import Resident
from residents.queries.identities import resident_with
from teams.attempts import sent
from teams.clock import today
from teams.leaving import left
from teams.models import User
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

A_PAGE = 30


@require_GET
@require(Permission.REFERRAL_EDIT)
def referral_list(request: SignedInRequest) -> HttpResponse:
    """What waits for an answer first; overdue answers have a list of their own."""
    counts = stage_counts(request.user, today())
    stage = _stage(request.GET.get("stage", ""), counts)
    direction = request.GET.get("direction", "")
    page = Paginator(referrals(request.user, stage, today(), direction), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "tabs": [
            {"label": STAGE_NAMES[each], "count": counts[each], "value": each.value, "active": each is stage}
            for each in Stage
        ],
        "stage": stage,
        "direction": direction,
        "directions": Referral.Direction.choices,
        "page": page,
        "rows": presenter.rows(page.object_list, today()),
        "hands_back": own_hospitals(request.user).exists(),
    }
    return render(request, "contracts/referral_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.REFERRAL_EDIT)
def referral_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask a hospital to take a resident; `service` in the address is the critical reading that calls for it."""
    resident = visible_resident(request, pk)
    service = _service(request, resident)
    initial = {"reason": presenter.reason_of(service), "priority": Referral.Priority.URGENT} if service else {}
    form = ReferralForm(request.POST or None, initial=initial)

    def refer() -> str:
        made = actions.refer(resident=resident, by=request.user, **form.details)
        said = {"hospital": made.hospital.name, "day": f"{made.answer_due_on:%Y-%m-%d}"}
        messages.success(request, _("%(hospital)s is asked; the answer is due on %(day)s.") % said)
        return next_page(request, pk) if service else reverse("contracts:referral_detail", args=[made.pk])

    if response := sent(request, form, refer):
        return response
    context = {
        "form": form,
        "resident": resident,
        "service": service,
        "slots": slots(request.user, today()).filter(taken__lt=F("reserved"))[:20],
        "skip": next_page(request, pk) if service else reverse("contracts:service_record", args=[pk]),
        "query": list_query(request),
        "may_reveal": has_permission(request.user, Permission.IDENTITY_REVEAL),
        **words.person(resident, today()),
    }
    return render(request, "contracts/referral_create.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.REFERRAL_EDIT)
def referral_hand_back(request: SignedInRequest) -> HttpResponse:
    """A hospital hands somebody, by the number on the card, back to the team that covers them."""
    form = HandBackForm(request.user, request.POST or None)

    def hand_back() -> str:
        resident = resident_with(form.cleaned_data["id_number"])
        if resident is None:
            raise no_team()
        made = actions.hand_back(resident=resident, by=request.user, **form.details)
        said = {"team": made.team.name, "day": f"{made.answer_due_on:%Y-%m-%d}"}
        messages.success(request, _("%(team)s is told; its answer is due on %(day)s.") % said)
        return reverse("contracts:referral_detail", args=[made.pk])

    return sent(request, form, hand_back) or render(request, "contracts/referral_hand_back.html", {"form": form})


@require_GET
@require(Permission.REFERRAL_EDIT)
def referral_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One referral: where it stands, what happened, and the steps that are this account's to take."""
    return _detail(request, _visible(request, pk), None)


@require_POST
@require(Permission.REFERRAL_EDIT)
def referral_move(request: SignedInRequest, pk: int, to: str) -> HttpResponse:
    """Take a step: `to` is the state after it."""
    referral = _visible(request, pk)
    if to not in STEPS:
        raise Http404
    form = StepForm(referral, request.POST)

    def move() -> str:
        STEPS[Status(to)](referral, form.cleaned_data, request.user)
        messages.success(request, _("Done: %(step)s.") % {"step": Status(to).label})
        return reverse("contracts:referral_detail", args=[pk])

    return sent(request, form, move) or _detail(request, referral, form)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.REFERRAL_EDIT)
def slot_list(request: SignedInRequest) -> HttpResponse:
    """What hospitals keep for family doctors; a hospital's own accounts keep more or less."""
    form = SlotForm(request.user, request.POST or None)
    if answer := left(request, form):
        return answer
    keeps = form.fields["hospital"].queryset.exists()  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.reserve_slots(by=request.user, **form.cleaned_data)
        except RuleViolation as refusal:
            form.add_error(None, str(refusal))
        else:
            said = {"count": kept.reserved, "department": kept.department, "day": f"{kept.day:%Y-%m-%d}"}
            messages.success(request, _("Slots of %(department)s kept on %(day)s: %(count)s.") % said)
            return redirect("contracts:slot_list")
    page = Paginator(slots(request.user, today()), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "contracts/slot_list.html", {"form": form if keeps else None, "page": page})


def _accept(referral: Referral, data: Mapping[str, Any], by: User) -> Referral:
    appointment = {"slot": data["slot"], "appointment_on": data["appointment_on"]}
    return actions.accept(referral=referral, note=data["note"], by=by, **appointment)


def _with_note(action: Callable[..., Referral]) -> Callable[[Referral, Mapping[str, Any], User], Referral]:
    return lambda referral, data, by: action(referral=referral, note=data["note"], by=by)


# What a step to a state does.
STEPS: Mapping[str, Callable[[Referral, Mapping[str, Any], User], Referral]] = {
    Status.ACCEPTED: _accept,
    Status.DECLINED: _with_note(actions.decline),
    Status.WITHDRAWN: _with_note(actions.withdraw),
    Status.SEEN: _with_note(actions.mark_seen),
    Status.RETURNED: lambda referral, data, by: actions.return_result(referral=referral, result=data["note"], by=by),
    Status.CLOSED: _with_note(actions.close),
}


def _detail(request: SignedInRequest, referral: Referral, form: StepForm | None) -> HttpResponse:
    steps = presenter.steps(referral, request.user)
    form = form or (StepForm(referral) if steps else None)
    if form:
        form.fields["note"].required = all(step["needs_words"] for step in steps)
    is_seen = Resident.objects.visible_to(request.user).filter(pk=referral.resident_id).exists()
    context = {
        "referral": referral,
        "steps": referral.steps.all(),
        "offered": steps,
        "makes_appointment": any(step["makes_appointment"] for step in steps),
        "form": form,
        "tone": presenter.TONES.get(Status(referral.status), ""),
        "is_overdue": presenter.is_overdue(referral, today()),
        "person_url": reverse("contracts:service_record", args=[referral.resident_id]) if is_seen else "",
        **words.person(referral.resident, today()),
    }
    return render(request, "contracts/referral_detail.html", context)


def _visible(request: SignedInRequest, pk: int) -> Referral:
    rows = Referral.objects.visible_to(request.user).select_related("resident", "team", "hospital", "slot")
    return get_object_or_404(rows, pk=pk)


def _service(request: SignedInRequest, resident: Resident) -> Service | None:
    key = request.GET.get("service", "")
    rows = Service.objects.visible_to(request.user).filter(resident=resident).select_related("item")
    return rows.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def _stage(asked: str, counts: Mapping[Stage, int]) -> Stage:
    """The stage asked for; else the first that somebody should do something about."""
    if asked in set(Stage):
        return Stage(asked)
    return next((stage for stage in (Stage.OVERDUE, Stage.WAITING, Stage.RETURNED) if counts[stage]), Stage.WAITING)
