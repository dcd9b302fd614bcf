"""Samples: drawing, calling, results, and drawing again to verify."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.actions import calls
from assessments.actions.samples import draw_sample, verify
from assessments.forms.samples import CheckForm, SampleForm
from assessments.models import Sample, Sampled
from assessments.presenters.samples import HEADS, call_sheet, shown_tables
from assessments.queries.samples import progress, progress_by_sample, results, second_calls_of
from assessments.rules.samples import FIRST, SECOND, made_first_call, turn_of
from residents.actions.identities import reveal
from teams.actions import audit
from teams.attempts import sent
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, has_permission, require
from teams.rules import RuleViolation

SAMPLES_A_PAGE = 30


@require_safe
@require(Permission.SAMPLE_READ)
def sample_list(request: SignedInRequest) -> HttpResponse:
    """Samples, the latest first, with how far each is; whoever sees no person is led to drawing them again."""
    samples = Sample.objects.visible_to(request.user).defer("frame").select_related("drawn_by")
    page = Paginator(samples, SAMPLES_A_PAGE).get_page(request.GET.get("page"))
    people = Sampled.objects.visible_to(request.user).filter(sample__in=[sample.pk for sample in page])
    done = progress_by_sample(people)
    context = {
        "page": page,
        "rows": [(sample, done.get(sample.pk)) for sample in page],
        "may_draw": may_call(request),
        "may_open": has_permission(request.user, Permission.SUPERVISION_READ),
    }
    return render(request, "assessments/sample_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SUPERVISION_EDIT)
def sample_create(request: SignedInRequest) -> HttpResponse:
    """Draw a sample from everybody covered today."""
    form = SampleForm(request.POST or None)

    def draw() -> str:
        sample = draw_sample(by=request.user, **form.design)
        messages.success(request, _("People drawn: %(people)s.") % {"people": sample.people.count()})
        return reverse("assessments:sample_detail", args=[sample.pk])

    return sent(request, form, draw) or render(request, "assessments/sample_create.html", {"form": form})


@require_safe
@require(Permission.SUPERVISION_READ)
def sample_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A sample: how far the calls are, and what they told by stratum."""
    sample = _visible(request, pk)
    people = Sampled.objects.visible_to(request.user).filter(sample=sample)
    context = {
        "sample": sample,
        "progress": progress(people),
        "second": second_calls_of(people, request.user),
        "results": (found := results(sample, request.user)),
        "heads": HEADS,
        "tables": shown_tables(found),
        "may_call": may_call(request),
        "may_verify": request.user.scope.is_district,
    }
    return render(request, "assessments/sample_detail.html", context)


@require_safe
@require(Permission.SAMPLE_READ)
def sample_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draw again from the frame that was kept and compare; it shows counts only, for auditors too."""
    if not request.user.scope.is_district:
        raise Http404
    sample = get_object_or_404(Sample, pk=pk)
    verdict = verify(sample)
    audit.record(
        kind=AuditEvent.Kind.VERIFY, by=request.user, what=f"sample {pk} {'same' if verdict.is_same else 'differs'}"
    )
    return render(request, "assessments/sample_verify.html", {"sample": sample, "verdict": verdict})


@require_POST
@require(Permission.SUPERVISION_EDIT)
def call_next(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the next person to call, held for the caller: a first call, or a second one where these are asked for."""
    turn = SECOND if request.POST.get("turn") == f"{SECOND}" else FIRST
    return redirect(_next(request, _visible(request, pk), turn))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.SUPERVISION_EDIT)
def call_sheet_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """The call sheet: what to ask whom. Sending it leads to the next person; the number shows on demand, logged."""
    people = Sampled.objects.visible_to(request.user).select_related("sample", "resident__village", "team__institution")
    sampled = get_object_or_404(people.defer("sample__frame"), pk=pk)
    turn = turn_of(sampled)
    asked = request.method == "POST" and "reveal" not in request.POST
    form = CheckForm(request.POST if asked else None, turn=turn or 1)

    def keep() -> str:
        answers = form.answers
        made = calls.note(sampled=sampled, by=request.user, **answers)
        messages.success(
            request, _("Noted.") if made else _("Noted as a try: to be called again in another part of a day.")
        )
        return _next(request, sampled.sample, answers["turn"])

    if response := sent(request, form, keep):
        return response
    context = {
        "sampled": sampled,
        "turn": turn,
        "is_own": turn == SECOND and made_first_call(sampled, request.user),
        "form": form,
        "number": _number(request, sampled) if "reveal" in request.POST else "",
        **call_sheet(sampled),
    }
    audit.record(kind=AuditEvent.Kind.PEOPLE, by=request.user, what=f"call sheet {sampled.pk}")
    return render(request, "assessments/call_sheet.html", context)


def may_call(request: SignedInRequest) -> bool:
    """Whether the account draws samples and calls."""
    return has_permission(request.user, Permission.SUPERVISION_EDIT) and request.user.scope.is_district


def _visible(request: SignedInRequest, pk: int) -> Any:
    return get_object_or_404(Sample.objects.visible_to(request.user).defer("frame"), pk=pk)


def _next(request: SignedInRequest, sample: Sample, turn: int) -> str:
    found = calls.take_next(sample=sample, by=request.user, turn=turn)
    if found:
        return reverse("assessments:call_sheet", args=[found.pk])
    messages.info(request, _("Nobody is left for you to call in this part of the day."))
    return reverse("assessments:sample_detail", args=[sample.pk])


def _number(request: SignedInRequest, sampled: Sampled) -> str:
    """The whole number; the audit trail says for which sample."""
    why = f"{sampled.sample.get_kind_display()} {sampled.sample_id}"
    try:
        return reveal(resident=sampled.resident, field="phone", reason=why, by=request.user)
    except RuleViolation as refusal:
        messages.error(request, str(refusal))
        return ""
