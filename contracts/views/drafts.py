"""Drafts: the agreement of one to be read and signed, and throwing one away."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contracts.actions import drafts
from contracts.forms.signing import SignatureForm
from contracts.models import Draft
from contracts.views.papers import pdf
from contracts.views.signing import USUAL_TEAM
from teams.actions import audit
from teams.actions.submissions import fresh_key, once
from teams.models import AuditEvent
from teams.permissions import Permission, SignedInRequest, require
from teams.rules import RuleViolation


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require(Permission.CONTRACT_EDIT)
def draft_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agreement as it will be kept, and how it is signed. POST signs; sent twice, it signs once."""
    visible = Draft.objects.visible_to(request.user).filter(pk=pk)
    if request.method == "POST":
        # What is signed is read under lock; the page needs it when the signing is refused.
        visible = visible.defer("payload", "document")
    draft = visible.first()
    if request.method != "POST":
        if draft is None:
            raise Http404
        return _review(request, draft, SignatureForm(), key=fresh_key())
    form, key = SignatureForm(request.POST, request.FILES), request.POST.get("submission", "")
    if draft is not None and not form.is_valid():
        return _review(request, draft, form, key=key or fresh_key())
    try:
        return redirect(once(key=key, by=request.user, do=lambda: _conclude(request, draft, form)))
    except RuleViolation as refused:
        if draft is None:
            raise Http404 from None
        form.add_error(None, str(refused))
        return _review(request, draft, form, key=fresh_key())


@require_safe
@never_cache
@require(Permission.CONTRACT_EDIT)
def draft_agreement(request: SignedInRequest, pk: int) -> FileResponse:
    """The agreement as PDF, byte for byte what will be kept when it is signed."""
    draft = get_object_or_404(Draft.objects.visible_to(request.user), pk=pk, document__isnull=False)
    audit.record(kind=AuditEvent.Kind.EXPORT, by=request.user, what=f"agreement of draft {draft.pk}")
    return pdf(drafts.document_of(draft), f"{draft.number}.pdf")


@require_POST
@require(Permission.CONTRACT_EDIT)
def draft_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Throw a draft away, and go back to an empty desk."""
    drafts.discard(draft=get_object_or_404(Draft.objects.visible_to(request.user), pk=pk))
    messages.success(request, _("The draft is discarded."))
    return redirect("contracts:sign")


def _conclude(request: SignedInRequest, draft: Draft | None, form: SignatureForm) -> str:
    if draft is None:
        raise Http404
    contract = drafts.conclude(
        draft=draft, sha256=request.POST.get("sha256", ""), evidence=form.evidence(), by=request.user
    )
    if request.session.get(USUAL_TEAM) != contract.team_id:
        request.session[USUAL_TEAM] = contract.team_id
    return reverse("contracts:signed", args=[contract.pk])


def _review(request: SignedInRequest, draft: Draft, form: SignatureForm, *, key: str) -> HttpResponse:
    paper = drafts.paper_of(draft)
    if paper is None:
        messages.warning(request, _("The form was changed. Make the agreement again."))
        return redirect(f"{reverse('contracts:sign')}?draft={draft.pk}")
    context = {"draft": draft, "paper": paper, "form": form, "submission": key}
    return render(request, "contracts/draft_detail.html", context)
