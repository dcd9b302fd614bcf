"""Records that may be one person: the list, two side by side, merging, and taking apart."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.actions.merging import keep_apart, merge, unmerge
from contracts.forms.merging import MergeForm
from contracts.models import Merge
from contracts.presenters.duplicates import comparison, pair_lines
from contracts.queries.duplicates import PLACES, pairs, side, suspects
from contracts.queries.problems import checks
from residents.models import Resident
from teams.actions.submissions import once
from teams.attempts import attempt, sent, sent_before
from teams.clock import today
from teams.permissions import Permission, SignedInRequest, require

PAIRS_A_PAGE = 50


@require_safe
@require(Permission.RESIDENT_EDIT)
def duplicates(request: SignedInRequest) -> HttpResponse:
    """Pairs of records that the last check took for one person."""
    page = Paginator(suspects(request.user), PAIRS_A_PAGE).get_page(request.GET.get("page"))
    lines = pair_lines(pairs(list(page), request.user), today())
    last, newest = checks()
    context = {"page": page, "lines": lines, "last": last, "newest": newest}
    return render(request, "contracts/duplicates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.RESIDENT_EDIT)
def duplicate(request: SignedInRequest, pk: int, other: int) -> HttpResponse:
    """Two records side by side; POST merges them into the chosen one."""
    if request.method == "POST" and (done := sent_before(request)):
        return done  # one of the two is no record any more
    both = _both(request, pk, other)
    form = MergeForm(both, request.POST or None)
    if response := sent(request, form, partial(_merge, request, form), {"merge.reason": "reason"}.get):
        return response
    context = {"form": form, "both": both} | comparison([side(each, today()) for each in both], today())
    return render(request, "contracts/duplicate.html", context)


@require_POST
@require(Permission.RESIDENT_EDIT)
def duplicate_apart(request: SignedInRequest, pk: int, other: int) -> HttpResponse:
    """Note that the two are two people."""
    first, second = _both(request, pk, other)
    keep_apart(first=first, second=second, by=request.user)
    messages.success(request, _("They are two people; the pair is not offered again."))
    return redirect("contracts:duplicates")


@require_POST
@require(Permission.RESIDENT_EDIT)
def merge_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take two records apart again."""
    done = get_object_or_404(Merge.objects.visible_to(request.user).select_related("merged"), pk=pk)

    def take_apart() -> str:
        unmerge(merge=done, reason=request.POST.get("reason", ""), by=request.user)
        messages.success(request, _("The records are two again."))
        return reverse("contracts:person", args=[done.kept_id])

    do = partial(once, key=request.POST.get("submission", ""), by=request.user, do=take_apart)
    return attempt(request, do, "contracts:person", done.kept_id)


def _merge(request: SignedInRequest, form: MergeForm) -> str:
    kept = form.cleaned_data["kept"]
    merged = next(resident for resident in form.both.values() if resident.pk != kept.pk)
    done = merge(kept=kept, merged=merged, reason=form.cleaned_data["reason"], by=request.user)
    said = _("The records are one now.")
    if left := sum(map(len, done.left.values())):
        told = _("Entries that both records held, and that stayed with the old one: %(left)s.")
        said += " " + told % {"left": left}
    messages.success(request, said)
    return reverse("contracts:person", args=[kept.pk])


def _both(request: SignedInRequest, pk: int, other: int) -> list[Resident]:
    rows = Resident.objects.visible_to(request.user).select_related(*PLACES).in_bulk([pk, other])
    if len(rows) != 2:
        raise Http404
    return [rows[pk], rows[other]]
