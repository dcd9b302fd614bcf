"""What is owed after all, or not: waivers with their reason, taken back; follow-up tasks done without a service."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contracts.actions.attempts import finish_follow_up
from contracts.actions.services import take_back_waiver, waive
from contracts.forms.services import WaiverForm
from contracts.models import FollowUp, Obligation
from contracts.views.services import list_query
from teams.attempts import sent
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SERVICE_RECORD)
def obligation_waive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take out one thing that is owed, for a reason; `reason` in the address chooses it beforehand."""
    obligation = _visible(request, pk)
    person = _person(request, obligation.resident_id)
    form = WaiverForm(request.POST or None, initial={"reason": request.GET.get("reason", "")})

    def do() -> str:
        reason, on = form.cleaned_data["reason"], form.cleaned_data["on"]
        waive(obligation=obligation, reason=reason, by=request.user, on=on)
        messages.success(request, _("%(item)s is waived.") % {"item": obligation.item.name})
        return person

    context = {"form": form, "obligation": obligation, "back": person}
    return sent(request, form, do) or render(request, "contracts/obligation_waive.html", context)


@require_POST
@require(Permission.SERVICE_RECORD)
def obligation_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Owe again what was waived; who waived it and why stays in the history."""
    obligation = _visible(request, pk)
    try:
        take_back_waiver(obligation=obligation, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(item)s is owed again.") % {"item": obligation.item.name})
    return redirect(_person(request, obligation.resident_id))


@require_POST
@require(Permission.SERVICE_RECORD)
def follow_up_finish(request: SignedInRequest, pk: int) -> HttpResponse:
    """A follow-up task was done without a service, as the note says."""
    task = get_object_or_404(FollowUp.objects.visible_to(request.user), pk=pk)
    try:
        finish_follow_up(task=task, note=request.POST.get("note", "").strip()[:200], by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The follow-up is done."))
    return redirect(_person(request, task.resident_id))


def _visible(request: SignedInRequest, pk: int) -> Obligation:
    rows = Obligation.objects.visible_to(request.user).select_related("item", "resident")
    return get_object_or_404(rows, pk=pk)


def _person(request: SignedInRequest, resident_id: int) -> str:
    query = list_query(request)
    return reverse("contracts:service_record", args=[resident_id]) + (f"?{query}" if query else "")
