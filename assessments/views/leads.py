"""Leads: the list with the screening that makes it, one lead with its evidence, and what people make of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments import tasks
from assessments.actions import screening
from assessments.actions.leads import take_step
from assessments.forms.leads import LeadStepForm
from assessments.leads import all_signals
from assessments.models import Lead
from assessments.presenters.leads import COLUMNS, cells, evidence_page, loaded, steps_of
from assessments.queries.leads import LeadFilter, counts, evidence, last_screening, newest_screening
from assessments.rules.leads import MOVES, allowed
from teams.actions import audit
from teams.attempts import sent
from teams.clock import today
from teams.lists import ListPage, ListRow, address_of
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.queue import enqueue


@require_safe
@require(Permission.SUPERVISION_READ)
def lead_list(request: SignedInRequest) -> HttpResponse:
    """Leads that the account sees, the gravest first."""
    filters = LeadFilter(request.GET, user=request.user)
    listed = ListPage(request, "assessments:lead_list", COLUMNS, default="-weight")
    page = listed.page_of(filters.qs, loaded())
    rows = [ListRow(address_of("assessments:lead_detail", lead.pk), cells(lead)) for lead in page.object_list]
    found, signals = counts(filters.qs), all_signals()
    context = {
        "form": filters.form,
        "list": listed.context(page, rows, filters.form),
        "kinds": sorted(((signals[code], found[code]) for code in found), key=lambda row: (-row[0].weight, -row[1])),
        "last": last_screening(),
        "newest": newest_screening(),
        "may_screen": has_permission(request.user, Permission.SUPERVISION_EDIT),
    }
    return render(request, "assessments/lead_list.html", context)


@require_POST
@require(Permission.SUPERVISION_EDIT)
def lead_screen(request: SignedInRequest) -> HttpResponse:
    """Ask the worker to look through the district again; who asks while one waits joins it."""
    asked = screening.request(by=request.user)
    enqueue(tasks.run_screening, asked.pk)
    messages.success(
        request, _("The worker looks through the district; that takes up to a minute. Then load this page anew.")
    )
    return redirect("assessments:lead_list")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SUPERVISION_READ)
def lead_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One lead: why it is one, its evidence opened, what became of it; and the steps that are the account's to take."""
    lead = get_object_or_404(loaded().filter(pk__in=Lead.objects.visible_to(request.user)), pk=pk)
    form = LeadStepForm(lead, request.POST or None, steps={step for moves in MOVES.values() for step in moves})

    def take() -> str:
        data = form.cleaned_data
        take_step(lead=lead, step=data["step"], mark=data["mark"], reason=data["reason"], by=request.user)
        messages.success(request, _("The lead's history keeps it."))
        return reverse("assessments:lead_detail", args=[pk])

    if response := sent(request, form, take, {"lead.reason": "reason"}.get):
        return response
    if form.errors:
        lead.refresh_from_db()  # what somebody else did meanwhile
    return _detail(request, lead, form)


def _detail(request: SignedInRequest, lead: Lead, form: LeadStepForm) -> HttpResponse:
    shown: dict[str, Any] = {}
    if has_permission(request.user, Permission.PEOPLE_READ):
        shown = evidence_page(evidence(lead, request.user), today())
        audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"lead {lead.pk} {lead.kind}")
    signal = all_signals()[lead.kind]
    context = {
        "lead": lead,
        "signal": signal,
        "said": signal.said(lead.evidence),
        "state": cells(lead)["state"],
        "steps": lead.steps.all(),
        "offered": steps_of(allowed(lead, request.user)),
        "form": form,
        **shown,
    }
    return render(request, "assessments/lead_detail.html", context)
