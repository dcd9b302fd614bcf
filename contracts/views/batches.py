"""Renewing and confirming many contracts: what is chosen, what would happen, and what became of it."""

from functools import partial
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contracts import tasks
from contracts.actions import batches
from contracts.forms.batches import BeginForm
from contracts.models import Batch
from contracts.presenters.batches import counts, preview, results
from contracts.queries.contracts import ContractFilter
from teams.actions.submissions import once
from teams.attempts import attempt, sent
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, require
from teams.policy import policy_on
from teams.queue import enqueue

LINES_A_PAGE = 100


@require_POST
@require(Permission.CONTRACT_EDIT)
def batch_create(request: SignedInRequest) -> HttpResponse:
    """Choose the ticked contracts, or every one that the list's filters let through; on to the look at them."""
    key = request.POST.get("submission", "")
    back = f"{reverse('contracts:contract_list')}?{_query(request).urlencode()}"
    return attempt(request, lambda: once(key=key, by=request.user, do=partial(_choose, request)), back)


@require_safe
@never_cache
@require(Permission.CONTRACT_EDIT)
def batch_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What would happen to each contract; once begun, how far the worker is, and what became of each."""
    batch = _found(request, pk)
    if batch.status == Batch.Status.CHOSEN:
        return _preview_page(request, batch, _form(batch, years=_years(request)))
    return render(request, "contracts/batch_detail.html", _progress(request, batch))


@require_POST
@require(Permission.CONTRACT_EDIT)
def batch_begin(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let the worker begin, now that somebody has looked and says how the people agreed."""
    batch = _found(request, pk)
    form = _form(batch, request.POST)
    return sent(request, form, partial(_begin, batch, form)) or _preview_page(request, batch, form)


@require_safe
@never_cache
@require(Permission.CONTRACT_EDIT)
def batch_progress(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of a batch's page that changes while it is on its way."""
    return render(request, "contracts/_batch_progress.html", _progress(request, _found(request, pk)))


def _choose(request: SignedInRequest) -> str:
    kind = request.POST.get("kind", "")
    known = kind if kind in Batch.Kind.values else Batch.Kind.RENEWAL
    batch = batches.choose(kind=known, contracts=_chosen(request), by=request.user)
    return reverse("contracts:batch_detail", args=[batch.pk])


def _chosen(request: SignedInRequest) -> set[int]:
    if request.POST.get("every"):
        rows = ContractFilter(_query(request), user=request.user).qs
        return set(rows.order_by().values_list("contract", flat=True).distinct()[: batches.MOST + 1])
    return {int(each) for each in request.POST.getlist("chosen") if each.isdecimal() and len(each) < 19}


def _query(request: SignedInRequest) -> QueryDict:
    return QueryDict(request.POST.get("query", ""))


def _found(request: SignedInRequest, pk: int) -> Batch:
    return get_object_or_404(Batch.objects.visible_to(request.user).select_related("by"), pk=pk)


def _form(batch: Batch, data: Any = None, *, years: int | None = None) -> BeginForm:
    with_term = batch.kind == Batch.Kind.RENEWAL
    return BeginForm(data, policy=policy_on(today()), with_term=with_term, years=years)


def _years(request: SignedInRequest) -> int | None:
    asked = request.GET.get("years", "")
    return int(asked) if asked.isdecimal() and len(asked) == 1 else None


def _begin(batch: Batch, form: BeginForm) -> str:
    batches.begin(batch=batch, consent=form.cleaned_data["consent"], years=form.cleaned_data.get("years"))
    enqueue(tasks.run_batch, batch.pk)
    return reverse("contracts:batch_detail", args=[batch.pk])


def _preview_page(request: SignedInRequest, batch: Batch, form: BeginForm) -> HttpResponse:
    years = form.cleaned_data.get("years") if form.is_bound and hasattr(form, "cleaned_data") else _years(request)
    rows = preview(batch, today(), years=years, user=request.user)
    context = {
        "batch": batch,
        "form": form,
        "page": Paginator(rows, LINES_A_PAGE).get_page(request.GET.get("page")),
        "able": sum(not row["refusal"] for row in rows),
        "unable": sum(bool(row["refusal"]) for row in rows),
    }
    return render(request, "contracts/batch_preview.html", context)


def _progress(request: SignedInRequest, batch: Batch) -> dict[str, Any]:
    return {
        "batch": batch,
        "counts": counts(batch),
        "is_over": batch.status == Batch.Status.DONE,
        "page": Paginator(results(batch, request.user), LINES_A_PAGE).get_page(request.GET.get("page")),
    }
